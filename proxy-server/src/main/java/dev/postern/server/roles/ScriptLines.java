package dev.postern.server.roles;

import dev.postern.server.roles.RoleScript.Line;
import java.util.ArrayList;
import java.util.List;

/** A script as it is being written. */
final class ScriptLines {

    private final List<Line> lines = new ArrayList<>();

    void blank() {
        lines.add(new Line.Comment(""));
    }

    void comment(String text) {
        lines.add(new Line.Comment(text));
    }

    void connect(String database) {
        lines.add(new Line.Connect(database));
    }

    void sql(String text) {
        lines.add(new Line.Sql(text));
    }

    List<Line> lines() {
        return lines;
    }
}
