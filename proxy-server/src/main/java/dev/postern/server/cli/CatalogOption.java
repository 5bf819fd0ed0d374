package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.catalog.SearchPath;
import dev.postern.server.tools.CatalogLook;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says what names are resolved with. */
final class CatalogOption {

    @Option(
            names = "--offline",
            description = "Connect to no server: judge by names alone, which cannot tell all.")
    private boolean offline;

    @Option(
            names = "--search-path",
            paramLabel = "LIST",
            description =
                    "The search path that sessions begin with, such as \"app, public\". Default: that of the upstream's role.")
    private @Nullable String searchPath;

    boolean offline() {
        return offline;
    }

    /** Returns the path that was asked for, {@code null} if none was. */
    @Nullable SearchPath path(CatalogLook look) throws TroubleException {
        if (searchPath == null) {
            return null;
        }
        if (offline) {
            throw new TroubleException(
                    "--search-path: without a catalog (--offline) it decides nothing");
        }
        SearchPath path = SearchPath.parse(searchPath, look.catalog().source().user());
        if (path == null) {
            throw new TroubleException("--search-path: expected names with commas between them");
        }
        return path;
    }

    /** Says that it was not asked for, if a look showed nothing. */
    @Nullable String warning(CatalogLook look) {
        return look.isRead() || offline
                ? null
                : "postern: judged by names alone, since the catalog of database "
                        + look.database()
                        + " could not be read: "
                        + look.reason();
    }

    static ObjectNode json(CatalogLook look, @Nullable SearchPath path) {
        ObjectNode json = Json.object();
        json.put("read", look.isRead());
        json.put("database", look.database());
        if (look.isRead()) {
            json.put("host", look.host());
            json.put("version", look.catalog().source().serverVersion());
            look.view(path).paths().getFirst().schemas().forEach(json.putArray("search_path")::add);
        } else {
            json.put("reason", look.reason());
        }
        return json;
    }
}
