CREATE ROLE reader LOGIN;
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION seg;
CREATE SCHEMA app;
CREATE SCHEMA "Odd ""name""";

-- types
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TYPE app.pair AS (first int, "Second one" text);
CREATE TYPE app.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE FUNCTION app.is_even(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
CREATE DOMAIN app.even AS int CONSTRAINT even CHECK (app.is_even(VALUE)) CHECK (VALUE < 100) NOT NULL;
CREATE DOMAIN app.small_even AS app.even CHECK (VALUE < 10);

-- tables
CREATE TABLE app.orders (id int PRIMARY KEY, gone int, note text, tags hstore, mood app.mood, even app.even, pair app.pair);
ALTER TABLE app.orders DROP COLUMN gone;
CREATE TABLE app.measures (at date, value float8) PARTITION BY RANGE (at);
CREATE TABLE app.measures_2025 PARTITION OF app.measures FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE app.animals (name text);
CREATE TABLE app.pets (owner text) INHERITS (app.animals);
CREATE SEQUENCE app.numbers;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE app.remote (id int) SERVER elsewhere;
CREATE TABLE "Odd ""name"""."A.b" ("C;d" int);
CREATE TABLE app.secrets (id int, owner name, open boolean);
ALTER TABLE app.secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.secrets FOR SELECT USING (owner = CURRENT_USER AND app.is_even(id));
CREATE POLICY everyones ON app.secrets USING (open);
CREATE POLICY new ON app.secrets FOR INSERT WITH CHECK (true);
CREATE TABLE app.open_secrets (id int);
CREATE POLICY unused ON app.open_secrets USING (id > 1);

-- functions
CREATE FUNCTION app.f(x int) RETURNS int LANGUAGE sql STABLE AS $$ SELECT x + 1; -- one more; RETURN $$;
CREATE FUNCTION app.f(x text, y text DEFAULT 'a;b', z int DEFAULT app.f(1)) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN x; END $$;
CREATE FUNCTION app.many(VARIADIC ns int[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION app.outs(IN a int, OUT b text, INOUT c date, OUT int) LANGUAGE sql AS $$ SELECT 'x'::text, c, a $$;
CREATE FUNCTION app.rows(n int) RETURNS TABLE (k int, "V v" text) LANGUAGE sql AS $$ SELECT n, 'x'::text $$;
CREATE FUNCTION app.trusted() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app, "$user", "Odd ""name""" SET work_mem = '1MB' AS 'SELECT 1';
CREATE FUNCTION app.returning(x int) RETURNS int RETURN x + app.f(2);
CREATE FUNCTION app.returning_string() RETURNS text RETURN 'a;'' RETURN';
CREATE FUNCTION app.atomic(x int) RETURNS SETOF app.orders BEGIN ATOMIC
    SELECT 1 AS "RETURN", 'END; RETURN' AS "a;""b", E'\\;''' AS c;
    SELECT * FROM app.orders WHERE note = 'x;END' AND id = x;
END;
CREATE FUNCTION app.atomic_return(x int) RETURNS int BEGIN ATOMIC
    INSERT INTO app.animals VALUES ('RETURN 1; RETURN');
    RETURN x + 1;
END;
CREATE FUNCTION app.atomic_empty() RETURNS void BEGIN ATOMIC END;
CREATE PROCEDURE app.act(INOUT x int) LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION app.range_twin(float8, float8) RETURNS app.span LANGUAGE internal IMMUTABLE AS 'range_constructor2';
CREATE FUNCTION app.reads_files(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all';
CREATE FUNCTION app.too_long() RETURNS int LANGUAGE sql AS $$ SELECT 1 /* 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 */ $$;

-- aggregates
CREATE FUNCTION app.add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION app.minus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE FUNCTION app.final(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE AGGREGATE app.total(int) (SFUNC = app.add, STYPE = int, FINALFUNC = app.final, COMBINEFUNC = app.add,
    MSFUNC = app.add, MINVFUNC = app.minus, MSTYPE = int, MFINALFUNC = app.final);
CREATE AGGREGATE app.first_of(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE FUNCTION app.place() RETURNS int8 LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';

-- operators and casts
CREATE OPERATOR app.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = app.add);
CREATE OPERATOR app.!@ (RIGHTARG = int, FUNCTION = app.is_even);
CREATE FUNCTION app.to_text(app.pair) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).first::text $$;
CREATE CAST (app.pair AS text) WITH FUNCTION app.to_text(app.pair) AS ASSIGNMENT;
CREATE CAST (app.mood AS json) WITH INOUT AS IMPLICIT;

-- views
CREATE VIEW app.notes AS SELECT id, note || ';' AS note, 1 OPERATOR(app.<+>) 2 AS three FROM app.orders;
CREATE VIEW app.short_notes AS SELECT n.id, app.f(n.id) AS f FROM app.notes n WHERE n.note LIKE '\%';
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) AS count, 'x'::citext AS x FROM app.short_notes;
CREATE VIEW app.wide AS SELECT 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'::text AS x,
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'::text AS y;
ALTER DATABASE postgres SET search_path = app, "$user", public;
