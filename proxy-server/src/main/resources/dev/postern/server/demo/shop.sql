-- The sample database of `postern demo`: a small mail-order shop. Every value is made up from its row's number, so that
-- each start gives the same answers.

CREATE TABLE customers (
    id      integer PRIMARY KEY,
    name    text NOT NULL,
    email   text NOT NULL UNIQUE,
    country text NOT NULL,
    since   date NOT NULL
);
COMMENT ON TABLE customers IS 'Who buys';

CREATE TABLE payment_cards (
    customer_id integer PRIMARY KEY REFERENCES customers,
    number      text NOT NULL,
    expires     date NOT NULL
);
COMMENT ON TABLE payment_cards IS 'Sensitive: what an agent has no business with';

CREATE SCHEMA staff;
COMMENT ON SCHEMA staff IS 'Nobody but its owner may use it';
CREATE TABLE staff.salaries (
    name   text PRIMARY KEY,
    salary numeric(10, 2) NOT NULL
);
INSERT INTO staff.salaries VALUES ('Dana Costa', 61200), ('Ivo Kaya', 58400);

CREATE TABLE products (
    id       integer PRIMARY KEY,
    name     text NOT NULL,
    category text NOT NULL,
    price    numeric(10, 2) NOT NULL CHECK (price > 0)
);

CREATE TABLE orders (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    placed_at   timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('placed', 'paid', 'shipped', 'returned'))
);

CREATE TABLE order_items (
    order_id   integer NOT NULL REFERENCES orders,
    line       integer NOT NULL,
    product_id integer NOT NULL REFERENCES products,
    quantity   integer NOT NULL CHECK (quantity > 0),
    price      numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line)
);

INSERT INTO customers
SELECT n,
       (ARRAY['Ada', 'Ben', 'Chloe', 'Dana', 'Emil', 'Farah', 'Goran', 'Hana', 'Ivo', 'June', 'Kofi', 'Lena', 'Mira'])[1 + n % 13]
           || ' '
           || (ARRAY['Abel', 'Brandt', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jansen', 'Kaya'])[1 + n % 11],
       'customer' || n || '@example.com',
       (ARRAY['DE', 'FR', 'ES', 'IT', 'NL', 'SE', 'DE', 'FR', 'DE'])[1 + n % 9],
       date '2023-01-02' + n % 1000
FROM generate_series(1, 2000) AS n;

INSERT INTO payment_cards
SELECT n, '4000 0000 0000 ' || lpad((n * 7919 % 10000)::text, 4, '0'), date '2028-01-31' + n % 700
FROM generate_series(1, 2000) AS n;

INSERT INTO products
SELECT n,
       (ARRAY['Oak', 'Steel', 'Linen', 'Glass', 'Clay'])[1 + n % 5] || ' '
           || (ARRAY['lamp', 'chair', 'bowl', 'shelf', 'blanket', 'vase', 'clock', 'desk'])[1 + n % 8],
       (ARRAY['light', 'seating', 'kitchen', 'storage', 'textile', 'decoration', 'decoration', 'office'])[1 + n % 8],
       9.90 + n * 37 % 400
FROM generate_series(1, 200) AS n;

INSERT INTO orders
SELECT n,
       1 + n * 7 % 2000,
       timestamptz '2026-01-01 08:00+00' + n * interval '47 minutes',
       (ARRAY['shipped', 'shipped', 'shipped', 'paid', 'shipped', 'placed', 'shipped', 'returned'])[1 + n % 8]
FROM generate_series(1, 9000) AS n;

INSERT INTO order_items
SELECT o.id, line, p.id, 1 + (o.id + line) % 3, p.price
FROM orders AS o
CROSS JOIN LATERAL generate_series(1, 1 + o.id % 4) AS line
JOIN products AS p ON p.id = 1 + (o.id * 13 + line * 29) % 200;

CREATE INDEX ON orders (customer_id);
CREATE INDEX ON order_items (product_id);

CREATE VIEW revenue_by_country AS
SELECT c.country, count(DISTINCT o.id) AS orders, sum(i.quantity * i.price) AS revenue
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
JOIN order_items AS i ON i.order_id = o.id
WHERE o.status <> 'returned'
GROUP BY c.country;

-- Looks like a read to whoever calls it, and writes with its owner's rights.
CREATE FUNCTION customer_name(wanted integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
BEGIN
    UPDATE customers SET since = current_date WHERE id = wanted;
    RETURN (SELECT name FROM customers WHERE id = wanted);
END
$$;
