#!/usr/bin/env python3
"""Writes a spreadsheet as a marketing team hands it over, of as many rows as wanted, the same ones every time.

    tests/bench/spreadsheet.py ROWS > clientes.csv

Columns: telefono, mensaje, nombre, ciudad, saldo. Every number is a Colombian mobile, in no order, and stands once;
three in four have 12 digits, the others come as people type them. Every third message has letters that the SMS
alphabet lacks. With --template the messages are left out, for `--template TEXT`.
"""
import argparse
import sys

NAMES = ("Ana", "Luis", "María Fernanda", "Jorge", "Nicolás", "Claudia", "Óscar", "Paola", "Andrés Felipe", "Yolanda")
TOWNS = ("Bogotá", "Cali", "Medellín", "Barranquilla", "Tunja", "Pasto", "Cúcuta", "Armenia")
TEXTS = (
    "Hola {name}, en Ferreteria El Tornillo tenemos 20% de descuento en pinturas hasta el sabado. Te esperamos.",
    "{name}: su factura 00{n} por $ {sum} vence el 15 de diciembre. Pague en www.example.com/p/{n} o llame al 018000.",
    'Hola {name}, ven este sábado a "La Feria del Hogar" en {town}: música, café y hasta 30% en tu próxima compra.',
)


def number(n):
    national = str(3_000_000_000 + n * 387_420_489 % 1_000_000_000)
    if n % 4:
        return "57" + national
    return national if n % 8 else f"+57 {national[:3]} {national[3:6]} {national[6:]}"


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell


def rows(count, with_text):
    for n in range(count):
        name, town, amount = NAMES[n % len(NAMES)], TOWNS[n % len(TOWNS)], f"{n * 37 % 900_000 + 10_000}"
        text = TEXTS[n % len(TEXTS)].format(name=name, n=n, sum=amount, town=town)
        yield ",".join([number(n), *([quoted(text)] if with_text else []), name, town, amount]) + "\n"


def write(path, count, with_text=True):
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(["telefono", *(["mensaje"] if with_text else []), "nombre", "ciudad", "saldo"]) + "\n")
        file.writelines(rows(count, with_text))
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("--template", action="store_true")
    wanted = parser.parse_args()
    write(sys.stdout.fileno(), wanted.rows, not wanted.template)


if __name__ == "__main__":
    main()
