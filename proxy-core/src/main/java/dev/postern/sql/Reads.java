package dev.postern.sql;

import dev.postern.sql.RelationUse.ColumnRead;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is read of one relation: the first place of each. */
final class Reads {

    private final List<ColumnRead> reads = new ArrayList<>();
    private final Set<Key> known = new HashSet<>();

    private record Key(String column, int output) {}

    void add(String column, int position, int output) {
        if (known.add(new Key(column, output))) {
            reads.add(new ColumnRead(column, position, output));
        }
    }

    List<ColumnRead> all() {
        return reads;
    }
}
