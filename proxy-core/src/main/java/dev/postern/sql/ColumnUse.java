package dev.postern.sql;

/**
 * A name that stands where a column may stand.
 *
 * @param name the last part of the name
 * @param qualified whether something stands before it, {@code t.f} or {@code (t).f}: then it may be
 *     a function of that row
 * @param position character counted from 1, 0 if unknown
 */
public record ColumnUse(String name, boolean qualified, int position) {}
