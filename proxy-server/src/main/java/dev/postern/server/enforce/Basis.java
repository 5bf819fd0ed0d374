package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Policy;

/**
 * What a session's statements are judged on at a moment. Replaced as a whole when any of it
 * changes, so that two are the same only if they are one object.
 *
 * @param view how the session sees its database
 */
record Basis(Policy policy, CatalogView view) {}
