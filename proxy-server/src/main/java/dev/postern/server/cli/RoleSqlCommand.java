package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.policy.Reach;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.InvalidValueException;
import dev.postern.server.config.NearestName;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.SecretReference;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.roles.RoleRequest;
import dev.postern.server.roles.RoleScript;
import dev.postern.server.roles.RoleScriptWriter;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.PrivilegesLook;
import dev.postern.server.tools.Workbench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern role-sql}: the script that makes the upstream's role. */
@Command(
        name = "role-sql",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Prints a psql script that makes the upstream's role able to read what a policy opens, and no more.",
            "What there is to be read is looked up in the upstream. The script holds no password, does no harm when it is run again, and takes from the role what the policy no longer opens.",
            "Exit codes: 0 printed, 2 trouble."
        })
public final class RoleSqlCommand implements Callable<Integer> {

    private final WorkbenchOpener workbenches;

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = {"-p", "--policy"},
            required = true,
            paramLabel = "NAME",
            description =
                    "The policy; several, each with --policy, if they share the role of one upstream.")
    private List<String> names = List.of();

    @Option(
            names = "--offline",
            description =
                    "Connect to no server: grant what can be said by whole schemas and full names.")
    private boolean offline;

    @Option(
            names = "--as",
            paramLabel = "ROLE",
            description =
                    "Ask the upstream as this role instead of its own, which may not exist yet.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "REFERENCE",
            description =
                    "Where the password of --as is kept, such as '$${env:PGPASSWORD}' or '$${file:admin.password}'.")
    private @Nullable String password;

    @Option(
            names = "--creator",
            split = ",",
            paramLabel = "ROLE",
            description =
                    "A role that will create tables, for default privileges. Default: those that own tables there.")
    private List<String> creators = List.of();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param workbenches what looks at upstreams
     */
    public RoleSqlCommand(WorkbenchOpener workbenches) {
        this.workbenches = workbenches;
    }

    @Override
    public Integer call() throws TroubleException {
        Configuration configuration = config.load();
        List<PolicyConfig> policies = policies(configuration);
        String name = policies.getFirst().upstream();
        UpstreamConfig upstream = Objects.requireNonNull(configuration.upstreams().get(name));
        Set<String> databases = new LinkedHashSet<>();
        policies.forEach(policy -> databases.addAll(policy.databases()));
        List<RoleRequest.Database> found = new ArrayList<>();
        try (Workbench bench = workbenches.open(asking(configuration, upstream), offline)) {
            for (String database : databases) {
                found.add(
                        new RoleRequest.Database(
                                database, offline ? null : look(bench, name, database, policies)));
            }
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        }
        print(
                RoleScriptWriter.write(
                        new RoleRequest(
                                upstream.user(),
                                name,
                                policies,
                                others(configuration, name),
                                creators,
                                found)),
                upstream.user(),
                name);
        return ExitCode.YES;
    }

    private List<PolicyConfig> policies(Configuration configuration) throws TroubleException {
        List<PolicyConfig> policies = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            PolicyConfig policy = configuration.policies().get(name);
            if (policy == null) {
                throw new TroubleException(
                        "there is no policy \""
                                + name
                                + "\" in "
                                + config.file()
                                + NearestName.suggestion(name, configuration.policies().keySet()));
            }
            if (!policies.isEmpty() && !policies.getFirst().upstream().equals(policy.upstream())) {
                throw new TroubleException(
                        "policies "
                                + policies.getFirst().name()
                                + " and "
                                + policy.name()
                                + " have different upstreams, and so different roles: one script for each");
            }
            policies.add(policy);
        }
        return policies;
    }

    private List<String> others(Configuration configuration, String upstream) {
        return configuration.policies().values().stream()
                .filter(policy -> policy.upstream().equals(upstream))
                .map(PolicyConfig::name)
                .filter(name -> !names.contains(name))
                .toList();
    }

    /** Returns the configuration with whom to ask the upstream as. */
    private Configuration asking(Configuration configuration, UpstreamConfig upstream)
            throws TroubleException {
        if (user == null) {
            if (password != null) {
                throw new TroubleException("--password: belongs to --as, which is not given");
            }
            return configuration;
        }
        try {
            return configuration.asking(
                    upstream.name(),
                    user,
                    password == null ? null : SecretReference.parse(password));
        } catch (InvalidValueException e) {
            throw new TroubleException("--as: " + e.problem());
        } catch (IllegalArgumentException e) {
            throw new TroubleException(
                    "--password: must be a reference such as ${env:PGPASSWORD} or ${file:admin.password}, never the password itself");
        }
    }

    private static RoleRequest.Known look(
            Workbench bench, String upstream, String database, List<PolicyConfig> policies)
            throws TroubleException {
        CatalogLook look = bench.look(upstream, database);
        String host = look.host();
        if (!look.isRead() || host == null) {
            throw unread(database, String.valueOf(look.reason()));
        }
        PrivilegesLook privileges = bench.privileges(upstream, host, database);
        if (privileges.privileges() == null) {
            throw unread(database, host + ": " + privileges.reason());
        }
        Reach reach =
                policies.stream()
                        .filter(policy -> policy.databases().contains(database))
                        .map(policy -> bench.reach(bench.rules(policy), look.catalog()))
                        .reduce(Reach::and)
                        .orElseThrow();
        return new RoleRequest.Known(
                host, look.catalog().source().serverVersion(), reach, privileges.privileges());
    }

    private static TroubleException unread(String database, String reason) {
        return new TroubleException(
                "what database "
                        + database
                        + " holds could not be read: "
                        + reason
                        + "\nIf the role does not exist yet, --as ROLE --password REFERENCE asks as another; --offline prints what can be said without a server.");
    }

    private void print(RoleScript script, String role, String upstream) {
        PrintWriter out = spec.commandLine().getOut();
        script.warnings()
                .forEach(warning ->
                        spec.commandLine().getErr().println("postern: warning: " + warning));
        if (!json.json()) {
            script.text().forEach(out::println);
            return;
        }
        ObjectNode document = Json.object();
        document.put("role", role);
        document.put("upstream", upstream);
        names.forEach(document.putArray("policies")::add);
        document.put("catalog", !offline);
        script.warnings().forEach(document.putArray("warnings")::add);
        ArrayNode statements = document.putArray("statements");
        script.statements()
                .forEach(statement -> {
                    ObjectNode object = statements.addObject();
                    object.put("database", statement.database());
                    object.put("sql", statement.sql());
                });
        out.println(Json.line(document));
    }
}
