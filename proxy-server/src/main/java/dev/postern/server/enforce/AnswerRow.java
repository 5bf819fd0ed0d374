package dev.postern.server.enforce;

/**
 * One row of an answer to a question.
 *
 * @param name what is told
 * @param value what it is, in words
 */
public record AnswerRow(String name, String value) {}
