"""Run by: python3 -m unittest discover integration-tests/bench"""

import unittest

from postern_bench.psql_script import Assignment, Script, Statement, Variables


def statements(source: str, environment: dict[str, str] | None = None) -> list[str | None]:
    variables, texts = Variables(), []
    for event in Script(source, environment or {}).events():
        if isinstance(event, Assignment):
            variables.assign(event)
        elif isinstance(event, Statement):
            texts.append(event.text(variables))
    return texts


class WhereStatementsEnd(unittest.TestCase):
    def test_semicolons_in_strings_comments_quotes_and_parentheses_end_nothing(self):
        for text in [
            "SELECT 'a;b''c;', E'\\';', U&'\\;';",
            'SELECT "a;b""c;";',
            "SELECT $$a;b$$, $x$a;$$;b$x$, a$b$c;",
            "SELECT 1 /* a; /* b; */ c; */ + 2;",
            "SELECT 1 -- a;\n + 2;",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
            "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END;",
        ]:
            self.assertEqual(statements(text + " SELECT 9;"), [text, "SELECT 9;"])

    def test_what_psql_drops_in_front_of_a_statement_is_dropped(self):
        self.assertEqual(statements("\n-- one\n  SELECT 1;\n\n-- two;\n"), ["SELECT 1;"])

    def test_an_escaped_semicolon_joins_statements(self):
        self.assertEqual(statements("SELECT 1\\; SELECT 2;"), ["SELECT 1; SELECT 2;"])

    def test_commands_that_send_end_a_statement_and_others_do_not(self):
        self.assertEqual(statements("SELECT 1 \\g\nSELECT 2 \\gset x_\nSELECT 3\n\\echo 'a;b'\n;"),
                         ["SELECT 1 ", "SELECT 2 ", "SELECT 3\n\n;"])

    def test_a_reset_forgets_what_was_typed(self):
        self.assertEqual(statements("SELECT 1\n\\r\nSELECT 2;"), ["SELECT 2;"])

    def test_backslashes_escape_where_strings_are_not_standard(self):
        source = "SET standard_conforming_strings = off; SELECT 'a\\';b'; RESET standard_conforming_strings; SELECT 'a\\';"
        self.assertEqual(statements(source)[1::2], ["SELECT 'a\\';b';", "SELECT 'a\\';"])

    def test_branches_that_are_false_are_left_out(self):
        self.assertEqual(statements("SELECT\n\\if false\n ((\n\\else\n 1\n\\endif\n;")[0].split(), ["SELECT", "1", ";"])


class DataOfCopy(unittest.TestCase):
    def test_data_is_skipped_and_the_rest_of_the_line_is_not(self):
        self.assertEqual(statements("COPY t FROM stdin; SELECT 1;\na;b\n\\.\nSELECT 2;"),
                         ["COPY t FROM stdin;", "SELECT 1;", "SELECT 2;"])

    def test_two_copies_in_one_text_take_two_blocks(self):
        self.assertEqual(statements("COPY t FROM stdin\\; COPY t FROM stdin;\n1\n\\.\n2\n\\.\nSELECT 2;")[1:], ["SELECT 2;"])

    def test_a_copy_that_is_meant_to_fail_has_no_data(self):
        source = "COPY t (no) FROM stdin;\n\nCOPY t FROM stdin;\n1\n\\.\nSELECT 2;"
        self.assertEqual(statements(source), ["COPY t (no) FROM stdin;", "COPY t FROM stdin;", "SELECT 2;"])


class VariablesOfPsql(unittest.TestCase):
    def test_values_are_put_in_with_their_quoting(self):
        source = "\\set v 'it''s' x\nSELECT :'v', :\"v\", a[1:2], b::int, ':v', :unknown;"
        self.assertEqual(statements(source), ["SELECT 'it''sx', \"it'sx\", a[1:2], b::int, ':v', :unknown;"])

    def test_the_environment_is_read(self):
        source = "\\getenv d PG_DIR\n\\set f :d '/x.data'\nCOPY t FROM :'f';"
        self.assertEqual(statements(source, {"PG_DIR": "/s"}), ["COPY t FROM '/s/x.data';"])

    def test_a_text_with_a_value_that_is_not_known_is_none(self):
        self.assertEqual(statements("\\set v `date`\nSELECT :v;"), [None])


if __name__ == "__main__":
    unittest.main()
