/* One table of what foreign files begin with; the first line that fits decides. */
#include "campana/foreign.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define SAVE_AS_CSV                                                                                          \
    "; open it in Excel and save it as \"CSV UTF-8\" (File, Save As), or in LibreOffice as \"Text CSV\" "    \
    "with "                                                                                                  \
    "the character set UTF-8"
#define ASK_FOR_TABLE "; ask for the table that it was made from, saved as CSV"
#define UNPACK        "; unpack it and hand over the file that is in it"
#define WEB_PAGE      "a web page, even if its name says Excel" SAVE_AS_CSV

enum where {
    AT_START,
    BEHIND_BLANKS, /* and a byte-order mark; ASCII case aside */
    WITHIN,        /* a zip archive, and this somewhere in the head */
    AT_4,          /* behind four bytes of length */
};

static const struct {
    enum where where;
    size_t len;
    const char *magic, *what;
} formats[] = {
    {WITHIN, 19, "opendocument.spread", "a LibreOffice workbook (.ods)" SAVE_AS_CSV},
    {WITHIN, 17, "opendocument.text", "a LibreOffice text document (.odt)" ASK_FOR_TABLE},
    {WITHIN, 5, "word/", "a Word document (.docx)" ASK_FOR_TABLE},
    {WITHIN, 3, "xl/", "an Excel workbook (.xlsx)" SAVE_AS_CSV},
    {AT_START, 4, "PK\x03\x04", "a workbook (such as .xlsx or .ods) or an archive (.zip)" SAVE_AS_CSV},
    {AT_START, 4, "PK\x05\x06", "an empty archive (.zip)" UNPACK},
    {AT_START, 4, "\xD0\xCF\x11\xE0",
     "an old Excel workbook (.xls), or another old Office document" SAVE_AS_CSV},
    {AT_START, 4, "\x89PNG", "a picture (PNG)" ASK_FOR_TABLE},
    {AT_START, 3, "\xFF\xD8\xFF", "a picture (JPEG)" ASK_FOR_TABLE},
    {AT_START, 4, "GIF8", "a picture (GIF)" ASK_FOR_TABLE},
    {AT_START, 4, "II*\0", "a picture (TIFF)" ASK_FOR_TABLE},
    {AT_START, 4, "MM\0*", "a picture (TIFF)" ASK_FOR_TABLE},
    {AT_START, 4, "RIFF", "a picture or a recording (RIFF)" ASK_FOR_TABLE},
    {AT_4, 4, "ftyp", "a picture or a film (such as HEIC or MP4)" ASK_FOR_TABLE},
    {AT_START, 2, "\x1F\x8B", "compressed (gzip)" UNPACK},
    {AT_START, 4, "Rar!", "an archive (RAR)" UNPACK},
    {AT_START, 4, "7z\xBC\xAF", "an archive (7z)" UNPACK},
    {AT_START, 15, "SQLite format 3", "an SQLite database; export its table as CSV"},
    {BEHIND_BLANKS, 5, "%PDF-", "a PDF document" ASK_FOR_TABLE},
    {BEHIND_BLANKS, 5, "{\\rtf", "a rich-text document" ASK_FOR_TABLE},
    {BEHIND_BLANKS, 9, "<!doctype", WEB_PAGE},
    {BEHIND_BLANKS, 5, "<html", WEB_PAGE},
    {BEHIND_BLANKS, 5, "<head", WEB_PAGE},
    {BEHIND_BLANKS, 5, "<meta", WEB_PAGE},
    {BEHIND_BLANKS, 5, "<body", WEB_PAGE},
    {BEHIND_BLANKS, 6, "<style", WEB_PAGE},
    {BEHIND_BLANKS, 6, "<table", WEB_PAGE},
    {BEHIND_BLANKS, 13, "MIME-Version:", WEB_PAGE},
    {BEHIND_BLANKS, 5, "<?xml", "an XML document, as Excel's \"XML Spreadsheet\" is" SAVE_AS_CSV},
    {BEHIND_BLANKS, 2, "[{", "JSON; export the table as CSV"},
    {BEHIND_BLANKS, 2, "{\"", "JSON; export the table as CSV"},
};

static size_t behind_blanks(const char *head, size_t len)
{
    size_t at = len >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < len && (head[at] == ' ' || head[at] == '\t' || head[at] == '\r' || head[at] == '\n'))
        at++;
    return at;
}

static bool fits(size_t format, const char *head, size_t len)
{
    const char *magic = formats[format].magic;
    size_t magic_len = formats[format].len;
    size_t at = 0;
    switch (formats[format].where) {
    case WITHIN:
        return len > 4 && memcmp(head, "PK\x03\x04", 4) == 0 && memmem(head, len, magic, magic_len) != NULL;
    case BEHIND_BLANKS:
        at = behind_blanks(head, len);
        return len - at >= magic_len && strncasecmp(head + at, magic, magic_len) == 0;
    case AT_4: at = 4; break;
    case AT_START: break;
    }
    return len >= at + magic_len && memcmp(head + at, magic, magic_len) == 0;
}

const char *foreign_format(const char *head, size_t len)
{
    if (len > FOREIGN_HEAD_BYTES)
        len = FOREIGN_HEAD_BYTES;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (fits(i, head, len))
            return formats[i].what;
    return NULL;
}
