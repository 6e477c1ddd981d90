#include "campana/foreign.h"
#include "main.h"
#include <string.h>

START_TEST(files_of_other_programs_are_named_with_what_to_do)
{
    static const struct {
        const char *head;
        size_t len;
        const char *name, *remedy;
    } files[] = {
        {"PK\x03\x04....xl/workbook.xml", 23, ".xlsx", "CSV UTF-8"},
        {"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 62, ".ods", "Text CSV"},
        {"PK\x03\x04....word/document.xml", 25, ".docx", "ask for the table"},
        {"PK\x03\x04........", 12, ".zip", "CSV UTF-8"},
        {"PK\x05\x06", 4, "empty archive", "unpack"},
        {"\xD0\xCF\x11\xE0\xA1\xB1", 6, ".xls", "CSV UTF-8"},
        {"%PDF-1.7", 8, "PDF", "ask for the table"},
        {"\xEF\xBB\xBF\r\n%PDF-1.7", 13, "PDF", "ask for the table"},
        {"\x89PNG\r\n", 6, "PNG", "ask for the table"},
        {"\xFF\xD8\xFF\xE0", 4, "JPEG", "ask for the table"},
        {"GIF89a", 6, "GIF", "ask for the table"},
        {"II*\0", 4, "TIFF", "ask for the table"},
        {"RIFF....WEBP", 12, "picture", "ask for the table"},
        {"\0\0\0\x18"
         "ftypheic",
         12, "HEIC", "ask for the table"},
        {"\x1F\x8B\x08", 3, "gzip", "unpack"},
        {"Rar!\x1A", 5, "RAR", "unpack"},
        {"7z\xBC\xAF\x27\x1C", 6, "7z", "unpack"},
        {"SQLite format 3\0", 16, "SQLite", "export"},
        {"{\\rtf1", 6, "rich-text", "ask for the table"},
        {"<!DOCTYPE html>", 15, "web page", "Save As"},
        {"\r\n <TABLE border=1>", 19, "web page", "Save As"},
        {"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">", 53, "web page", "Save As"},
        {"MIME-Version: 1.0", 17, "web page", "Save As"},
        {"<?xml version=\"1.0\"?>", 21, "XML", "Save As"},
        {"[{\"celular\":\"573\"}]", 19, "JSON", "export"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *what = foreign_format(files[i].head, files[i].len);
        ck_assert_msg(what != NULL, "%s", files[i].name);
        ck_assert_msg(strstr(what, files[i].name) != NULL, "no %s in: %s", files[i].name, what);
        ck_assert_msg(strstr(what, files[i].remedy) != NULL, "no %s in: %s", files[i].remedy, what);
        ck_assert_msg(strstr(what, "CSV") != NULL || strstr(what, "unpack") != NULL, "%s", what);
    }
}
END_TEST

START_TEST(what_may_be_a_table_is_none_of_them)
{
    static const struct {
        const char *head;
        size_t len;
    } texts[] = {{"celular,mensaje", 15},  {"P", 1},
                 {"PK,nombre\n1,xl", 14},  {"", 0},
                 {"\xEF\xBB\xBF", 3},      {"  ", 2},
                 {"<nombre>;celular", 16}, {"\"PK\x03\x04\"", 6},
                 {"II;nombre", 9},         {"[1],celular", 11},
                 {"{nombre},celular", 16}, {"BM,celular", 10}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(foreign_format(texts[i].head, texts[i].len) == NULL, "%s", texts[i].head);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("foreign");
    TCase *tcase = tcase_create("formats");
    tcase_add_test(tcase, files_of_other_programs_are_named_with_what_to_do);
    tcase_add_test(tcase, what_may_be_a_table_is_none_of_them);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
