"""Texts for the moments when the message files cannot be read: before the set-up, and after a breakdown.

Before the set-up the Python may be too old to read TOML; after a breakdown the message files may be the very
thing that is broken. So these few texts stand in the code. This file keeps to words that Python 3.6 can read.
"""

import os
import sys

PACKAGE = "userisation"

MESSAGES = {
    "too_old": (
        "{package} needs Python {needed} or newer; this is Python {found} ({executable}).{hint}",
        "{package} demande Python {needed} ou plus récent ; ceci est Python {found} ({executable}).{hint}",
    ),
    "too_old_hint": (
        "\nA newer one is on this machine. Run:\n  {command}",
        "\nUn Python plus récent est sur cette machine. Lancez :\n  {command}",
    ),
    "begin": (
        "Setting up {folder} (once; about half a minute, a few minutes on a slow connection).",
        "Préparation de {folder} (une seule fois ; une demi-minute, quelques minutes sur une ligne lente).",
    ),
    "begin_again": (
        "Setting up {folder} again: it is unfinished, or what it is made from has changed.",
        "Nouvelle préparation de {folder} : inachevé, ou ce dont il est fait a changé.",
    ),
    "add": ("Adding to {folder}: {extras}.", "Ajout à {folder} : {extras}."),
    "create": ("creating the environment", "création de l'environnement"),
    "fetch_uv": ("getting uv, a fast installer", "obtention de uv, un installateur rapide"),
    "fetch_pip": ("putting pip into the environment", "ajout de pip dans l'environnement"),
    "install_uv": ("installing the packages", "installation des paquets"),
    "install_pip": (
        "installing the packages with pip (some minutes)",
        "installation des paquets avec pip (quelques minutes)",
    ),
    "going_on": ("  {what} ... {seconds:.0f} s", "  {what} ... {seconds:.0f} s"),
    "not_this_way": (
        "  {what}: that did not work; trying another way",
        "  {what} : cela n'a pas marché ; essai d'une autre façon",
    ),
    "ready": ("Ready after {seconds:.0f} s.", "Prêt après {seconds:.0f} s."),
    "waiting": (
        "Another command is setting up {folder}; waiting for it to finish.",
        "Une autre commande prépare {folder} ; attente de sa fin.",
    ),
    "interrupted": (
        "Stopped while setting up {folder}. The same command will begin again.",
        "Arrêt pendant la préparation de {folder}. La même commande recommencera.",
    ),
    "not_ours": (
        "{folder} exists, but was not made by this command and does not hold {package}: left as it is.\n"
        "Install the package into it (pip install --constraint constraints.txt --editable .) and run\n"
        "the command inside it, or move the folder away.",
        "{folder} existe, mais n'a pas été fait par cette commande et ne contient pas {package} : inchangé.\n"
        "Installez-y le paquet (pip install --constraint constraints.txt --editable .) et lancez-y\n"
        "la commande, ou déplacez ce dossier.",
    ),
    "cannot_write": (
        "Cannot write {path}: {reason}. Put the project where you may write, or install it into\n"
        "an environment of your own (pip install .).",
        "Impossible d'écrire {path} : {reason}. Placez le projet là où vous pouvez écrire, ou installez-le\n"
        "dans un environnement à vous (pip install .).",
    ),
    "no_venv": (
        "This Python ({executable}) cannot create virtual environments. On Debian and Ubuntu:\n"
        "  apt install python3-venv\nDetails: {log}",
        "Ce Python ({executable}) ne sait pas créer d'environnement virtuel. Sous Debian et Ubuntu :\n"
        "  apt install python3-venv\nDétails : {log}",
    ),
    "no_pip": (
        "No installer is to be had: neither uv, nor pip, nor the module ensurepip. On Debian and Ubuntu:\n"
        "  apt install python3-pip python3-venv\nDetails: {log}",
        "Aucun installateur disponible : ni uv, ni pip, ni le module ensurepip. Sous Debian et Ubuntu :\n"
        "  apt install python3-pip python3-venv\nDétails : {log}",
    ),
    "no_network": (
        "The packages could not be fetched: no package index answered. Check the connection (behind a\n"
        "proxy, set HTTPS_PROXY), then run the same command again. The installer's last words:\n{tail}\n"
        "Details: {log}",
        "Les paquets n'ont pas pu être obtenus : aucun index de paquets n'a répondu. Vérifiez la connexion\n"
        "(derrière un mandataire, définissez HTTPS_PROXY), puis relancez la même commande. Derniers mots de\n"
        "l'installateur :\n{tail}\nDétails : {log}",
    ),
    "unforeseen": (
        "Something went wrong that should not have: {what}. Please report it{where}.",
        "Quelque chose s'est mal passé, à tort : {what}. Merci de le signaler{where}.",
    ),
    "full": (
        "The output could not be written: {reason}.",
        "La sortie n'a pas pu être écrite : {reason}.",
    ),
    "where": (" with the file {log}", " en joignant le fichier {log}"),
    "missing": (
        "The package {name} is missing from this environment ({prefix}). "
        "Install it with: pip install --constraint constraints.txt --editable .{extra}",
        "Le paquet {name} manque dans cet environnement ({prefix}). "
        "Installez-le par : pip install --constraint constraints.txt --editable .{extra}",
    ),
    "failed": (
        "The packages could not be installed. The installer's last words:\n{tail}\n"
        "Run the same command to try again. Details: {log}",
        "Les paquets n'ont pas pu être installés. Derniers mots de l'installateur :\n{tail}\n"
        "Relancez la même commande pour réessayer. Détails : {log}",
    ),
}
"""Every text in English and French."""


def is_french() -> "bool":
    """Whether the user reads French; chosen as the rest of the project chooses the language."""
    for variable in ("USERISATION_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "").strip().lower()
        if wanted:
            return wanted[:2] == "fr" and not wanted[2:3].isalpha()
    return False


def say(key: "str", **values: "object") -> "str":
    """Give one of `MESSAGES` in the user's language."""
    return MESSAGES[key][is_french()].format(**values)


def tell(key: "str", **values: "object") -> "None":
    """Write one of `MESSAGES` to standard error: standard output belongs to the command itself."""
    text = say(key, **values)
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()
