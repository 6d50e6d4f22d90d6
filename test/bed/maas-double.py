#!/usr/bin/python3
"""Test double of MAAS's command for administrators, for the Labwright bed.

It is no MAAS and proves nothing about one: it has no database, no API and no services. It asks and
answers as maasserver/management/commands/createadmin.py and apikey.py do on a terminal or without one:
the password twice by getpass, then (as "maas", since 2.x) a question about SSH keys; a question whose
input has ended is asked again and again. Users are kept in a file that only root can read.
"""
import getpass
import json
import os
import secrets
import string
import sys

STATE = "/var/lib/maas/labwright-bed-users.json"
OLD = os.path.basename(sys.argv[0]) == "maas-region-admin"
LETTERS = string.ascii_letters + string.digits


class CommandError(Exception):
    pass


def users():
    try:
        with open(STATE) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(known):
    with os.fdopen(os.open(STATE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(known, file)


def asked(question, prompt):
    while True:
        try:
            return question(prompt)
        except EOFError:
            print()


def new_key():
    def part(length):
        return "".join(secrets.choice(LETTERS) for _ in range(length))

    return ":".join((part(18), part(18), part(32)))


def createadmin(options):
    ask_keys = not OLD and options.get("ssh-import") is None
    username = options.get("username") or asked(input, "Username: ")
    password = options.get("password")
    if password is None:
        password = asked(getpass.getpass, "Password: ")
        if asked(getpass.getpass, "Again: ") != password:
            raise CommandError("Passwords do not match")
        if not password:
            raise CommandError("Passwords cannot be empty")
    email = options.get("email") or asked(input, "Email: ")
    if ask_keys:
        asked(input, "Import SSH keys [] (lp:user-id or gh:user-id): ")
    known = users()
    if username in known or any(user["email"] == email for user in known.values()):
        raise CommandError("A user with the email %s already exists." % email)
    known[username] = {"email": email, "password": password, "keys": [new_key()]}
    save(known)


def apikey(options):
    username = options.get("username")
    if username is None:
        raise CommandError("You must provide a username with --username.")
    known = users()
    if username not in known:
        raise CommandError("User does not exist.")
    keys = known[username]["keys"]
    if "generate" in options:
        keys.append(new_key())
        save(known)
        print(keys[-1])
    elif "delete" in options:
        known[username]["keys"] = [key for key in keys if key != options["delete"]]
        save(known)
    else:
        for key in keys:
            print(key)


def parse(words):
    options = {}
    words = list(words)
    while words:
        name, _, value = words.pop(0).lstrip("-").partition("=")
        options[name] = True if name == "generate" else value or words.pop(0)
    return options


def main():
    if os.getuid() != 0:
        print("This utility may only be run as root.")
        return 1
    commands = {"createadmin": createadmin, "apikey": apikey}
    command = commands.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        print("Unknown command (test double)", file=sys.stderr)
        return 2
    try:
        command(parse(sys.argv[2:]))
    except CommandError as error:
        print("CommandError: %s" % error, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
