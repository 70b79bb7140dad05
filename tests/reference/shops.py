#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What exports of other shops hold, told apart from Souk: a line for each thing that is
sold, or each order. Usage: shops.py shopify|woocommerce|orders FILE

    shopify, woocommerce   LINE SKU PRICE QTY     price in hundredths, - if none; qty counted, or 0
                           (of WooCommerce the sale price, if the sale has no dates)
    orders                 LINE ID STATE CURRENCY SUBTOTAL PIECES    of the first row's line
"""
import csv
import sys
from decimal import Decimal

NO_DECIMALS = {"JPY"}


def rows(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = next(reader)
        line = reader.line_num + 1
        for fields in reader:
            if len(fields) == len(header):
                yield line, dict(zip(header, fields))
            line = reader.line_num + 1


def number(text):
    text = text.strip()
    if "," in text and "." in text:
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    return Decimal(text.replace(",", "."))


def hundredths(text):
    return "-" if text == "" else f"{(number(text) * 100).normalize():f}"


def shopify(path):
    for line, row in rows(path):
        low = {name.lower(): value for name, value in row.items()}
        handle = low.get("handle") or low.get("url handle")
        values = [low[f"option{n} value"] for n in (1, 2, 3)]
        price = low.get("variant price", low.get("price", ""))
        sku = low.get("variant sku", low.get("sku", "")).lstrip("'")
        if not (sku or price or any(values)):
            continue
        if not sku:
            sku = "/".join([handle] + [v for v in values if v and v != "Default Title"])
        tracker = low.get("variant inventory tracker", low.get("inventory tracker", ""))
        qty = low.get("variant inventory qty", low.get("inventory quantity", ""))
        yield line, sku.replace(" ", "_"), hundredths(price), int(qty) if tracker and qty else 0


def woocommerce(path):
    for line, row in rows(path):
        if row["Type"] == "variable":
            continue
        sku = row["SKU"].lstrip("'") or "woo-" + row["ID"]
        stock = row["Stock"]
        dated = row.get("Date sale price starts") or row.get("Date sale price ends")
        price = row["Sale price"] if row["Sale price"] and not dated else row["Regular price"]
        yield line, sku, hundredths(price), 0 if stock in ("", "parent") else int(stock)


def orders(path):
    found = {}
    for line, row in rows(path):
        order = found.setdefault(row["Name"], {"line": line, "first": row, "pieces": 0})
        quantity = row["Lineitem quantity"]
        order["pieces"] = order["pieces"] + int(quantity) if quantity.isdigit() else -1000000
    for order in found.values():
        row = order["first"]
        state = "sold"
        if row["Cancelled at"]:
            state = "cancelled"
        elif row["Financial Status"] in ("refunded", "voided"):
            state = "refunded"
        elif order["pieces"] < 0:
            state = "bad"
        scale = 1 if row["Currency"] in NO_DECIMALS else 100
        known = row["Id"] if row["Id"].isdigit() else row["Name"].lstrip("#")
        yield (order["line"], "shopify-" + known, state, row["Currency"],
               f'{(number(row["Subtotal"]) * scale).normalize():f}', order["pieces"])


if __name__ == "__main__":
    for found in {"shopify": shopify, "woocommerce": woocommerce, "orders": orders}[sys.argv[1]](sys.argv[2]):
        print(*found)
