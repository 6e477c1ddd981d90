"""What is sent and loaded: the same rows for every program, in each one's own form."""
import urllib.parse

USER, PASSWORD = "usuario@correo.co", "clave"
TEXT = "Hola Ana %d, en Ferreteria El Tornillo tenemos 20%% de descuento en pinturas hasta el sabado."


def number(i):
    return "573%09d" % (i * 387_420_489 % 1_000_000_000)


def spreadsheet(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write("celular,mensaje,nombre,ciudad\n")
        for i in range(rows):
            file.write('%s,"%s",Ana %d,Bogota\n' % (number(i), TEXT % i, i))
    return path


def form(i):
    return urllib.parse.urlencode({"user": USER, "password": PASSWORD, "GSM": number(i), "SMSText": TEXT % i},
                                  quote_via=urllib.parse.quote)


def forms(path, rows):
    """An encoded form a line."""
    with open(path, "w", encoding="ascii") as file:
        for i in range(rows):
            file.write(form(i) + "\n")
    return path


def curl_configuration(path, rows, url, certificate=None):
    trust = 'cacert = "%s"\n' % certificate if certificate else ""
    with open(path, "w", encoding="ascii") as file:
        for i in range(rows):
            file.write('%surl = "%s/send.php"\ndata = "%s"\noutput = "/dev/null"\n%s' % (
                "next\n" if i else "", url, form(i), trust))
    return path
