-- What the cases in cases.txt speak of: honest objects, and traps.
CREATE SCHEMA crm;
CREATE SCHEMA secret;
CREATE SCHEMA evil;
CREATE SEQUENCE public.counter;
CREATE TYPE public.address AS (street text, city text);
CREATE TYPE public.mood AS ENUM ('good', 'bad');
CREATE DOMAIN public.email AS text CHECK (VALUE ~ '@');

CREATE TABLE public.people (id int PRIMARY KEY, name text, password_hash text, home public.address, mood public.mood);
CREATE TABLE public.orders (id int PRIMARY KEY, person int, total numeric, placed date);
CREATE TABLE public.vault (id int, password_hash text);
CREATE TABLE crm.contacts (id int, note text);
CREATE TABLE secret.salaries (id int, amount int);
CREATE TABLE public.events (id int, at date, token text) PARTITION BY RANGE (at);
CREATE TABLE public.events_2020 PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE public.animals (id int, tag text);
CREATE TABLE public.cats () INHERITS (public.animals);

CREATE VIEW public.people_safe AS SELECT id, name FROM public.people;
CREATE VIEW public.people_all AS SELECT * FROM public.people;
CREATE VIEW public.people_filtered AS SELECT id FROM public.people WHERE password_hash <> '';
CREATE VIEW public.people_distinct AS SELECT DISTINCT id, password_hash FROM public.people;
CREATE VIEW public.pay AS SELECT id, amount FROM secret.salaries;
CREATE VIEW public.pay_again AS SELECT id FROM public.pay;
CREATE MATERIALIZED VIEW public.pay_kept AS SELECT id FROM secret.salaries WITH NO DATA;

-- Functions in SQL
SET check_function_bodies = off;
CREATE FUNCTION public.double(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION public.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
CREATE FUNCTION public.modern(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n + 1;
CREATE FUNCTION public.modern_block(n int) RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT n + 1; END;
CREATE FUNCTION public.full_name(p public.people) RETURNS text LANGUAGE sql STABLE AS 'SELECT p.name';
CREATE FUNCTION public.get_people() RETURNS SETOF public.people LANGUAGE sql STABLE AS 'SELECT * FROM public.people';
CREATE FUNCTION public.pay_total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT sum(amount) FROM secret.salaries';
CREATE FUNCTION public.bump() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT nextval('public.counter') $$;
CREATE FUNCTION public.bump_by_default(n bigint DEFAULT nextval('public.counter')) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT n';
CREATE FUNCTION public.definer() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION public.setter() RETURNS text LANGUAGE sql AS $$ SELECT set_config('work_mem', '1MB', false) $$;
CREATE FUNCTION public.by_path() RETURNS text LANGUAGE sql STABLE AS 'SELECT helper()';
CREATE FUNCTION public.with_path() RETURNS text LANGUAGE sql STABLE SET search_path = evil AS 'SELECT helper()';
CREATE FUNCTION public.helper() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'harmless' $$;
CREATE FUNCTION evil.helper() RETURNS text LANGUAGE sql STABLE AS $$ SELECT nextval('public.counter')::text $$;
CREATE FUNCTION public.even(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT n = 0 OR public.odd(n - 1)';
CREATE FUNCTION public.odd(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT n <> 0 AND public.even(n - 1)';
CREATE FUNCTION public.bad_even(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT public.bad_odd(n - 1)';
CREATE FUNCTION public.bad_odd(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT public.bad_even(n - 1) OR nextval('public.counter') > 0 $$;

-- Functions that nobody can judge
CREATE FUNCTION public.plp(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n; END';
CREATE FUNCTION public.archive(p public.people) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public.spread(VARIADIC a text[]) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public.upper(n int) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public.check_it(n int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public.sleepy(double precision) RETURNS void LANGUAGE internal AS 'pg_sleep';
CREATE FUNCTION public.plus(int, int) RETURNS int LANGUAGE internal IMMUTABLE AS 'int4pl';
CREATE PROCEDURE public.wipe() LANGUAGE plpgsql AS 'BEGIN END';

CREATE FUNCTION public.evil_op(a int, b int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE OPERATOR public.~!~ (LEFTARG = int, RIGHTARG = int, FUNCTION = public.evil_op);
CREATE FUNCTION public.good_op(a int, b int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a > b';
CREATE OPERATOR public.~~~> (LEFTARG = int, RIGHTARG = int, FUNCTION = public.good_op);
CREATE FUNCTION public.mood_eq(a public.mood, b public.mood) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE OPERATOR public.= (LEFTARG = public.mood, RIGHTARG = public.mood, FUNCTION = public.mood_eq);
CREATE FUNCTION evil.int_eq(a int, b int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE OPERATOR evil.= (LEFTARG = int, RIGHTARG = int, FUNCTION = evil.int_eq);

CREATE FUNCTION public.evil_sfunc(s int, a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN a; END';
CREATE AGGREGATE public.evil_sum (int) (SFUNC = public.evil_sfunc, STYPE = int, INITCOND = '0');
CREATE AGGREGATE public.good_sum (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');

CREATE DOMAIN public.evil_dom AS int CHECK (public.check_it(VALUE));
CREATE TYPE public.evil_row AS (d public.evil_dom, e int);
CREATE TYPE public.box_of AS (v int);
CREATE FUNCTION public.to_box(a int) RETURNS public.box_of LANGUAGE plpgsql AS 'BEGIN RETURN ROW(a)::public.box_of; END';
CREATE CAST (int AS public.box_of) WITH FUNCTION public.to_box(int) AS IMPLICIT;
CREATE FUNCTION public.takes_box(b public.box_of) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT b.v';
CREATE TYPE public.weather AS ENUM ('sun', 'rain');
CREATE FUNCTION public.weather_json(b public.weather) RETURNS json LANGUAGE plpgsql AS 'BEGIN RETURN null; END';
CREATE CAST (public.weather AS json) WITH FUNCTION public.weather_json(public.weather);
CREATE TABLE public.forecast (id int, w public.weather);

CREATE VIEW public.trap AS SELECT public.plp(id) AS n FROM public.orders;
CREATE VIEW public.counting AS SELECT nextval('public.counter') AS n;
CREATE TABLE public.guarded (id int);
ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.guarded USING (public.check_it(id));
CREATE TABLE public.guarded_well (id int);
ALTER TABLE public.guarded_well ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.guarded_well USING (id > 0);

CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION dblink;
CREATE EXTENSION tablefunc;
CREATE EXTENSION pgcrypto;
CREATE EXTENSION tsm_system_rows;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE public.passwd (line text) SERVER files OPTIONS (filename '/etc/passwd', format 'text');
CREATE FOREIGN TABLE public.events_far PARTITION OF public.events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')
    SERVER files OPTIONS (filename '/etc/passwd', format 'text');
CREATE TABLE public.tags (id int, name citext, attributes hstore);
GRANT USAGE ON SCHEMA crm, secret, evil TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA public, crm, secret TO PUBLIC;
