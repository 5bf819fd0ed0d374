package dev.postern.policy;

import dev.postern.catalog.Routine;
import dev.postern.sql.RelationUse;
import dev.postern.sql.SettingUse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gate saw in one statement: everything that it names, what each name was resolved to, and
 * why that passes or not.
 *
 * @param command its command tag
 * @param relations what it reads
 * @param functions what it calls, by name
 * @param operators operators that are, or may be, none of PostgreSQL's own
 * @param types types that are none of PostgreSQL's own, and conversions to them
 * @param settings settings it reads or changes
 */
public record Explanation(
        String command,
        List<Read> relations,
        List<Call> functions,
        List<Call> operators,
        List<Call> types,
        List<SettingUse> settings) {

    public Explanation {
        relations = List.copyOf(relations);
        functions = List.copyOf(functions);
        operators = List.copyOf(operators);
        types = List.copyOf(types);
        settings = List.copyOf(settings);
    }

    /**
     * A relation that is read.
     *
     * @param use its name, what it was resolved to, and which columns of it are read
     * @param refusal what stands against that, {@code null} if nothing
     */
    public record Read(RelationUse use, @Nullable Denial refusal) {}

    /**
     * A function, operator or type as the text has it.
     *
     * @param name as written
     * @param arguments how many a call gives, negative if that is not known
     * @param position character counted from 1, 0 if unknown
     * @param candidates everything that it may reach; empty if no catalog was asked, or nothing is
     *     there
     * @param refusal what stands against it, {@code null} if nothing
     */
    public record Call(
            String name,
            int arguments,
            int position,
            List<Candidate> candidates,
            @Nullable Denial refusal) {

        public Call {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * One thing that may be reached.
     *
     * @param name {@code schema.name} of it
     * @param routine the function that runs, {@code null} for one of PostgreSQL's own and for types
     * @param arguments the types that the function takes
     * @param grounds on what grounds it passes
     * @param why the same in words, or what stands against it
     */
    public record Candidate(
            String name,
            @Nullable Routine routine,
            List<String> arguments,
            Grounds grounds,
            String why) {

        public Candidate {
            arguments = List.copyOf(arguments);
        }

        /** Tells whether it passes. */
        public boolean passes() {
            return grounds != Grounds.NONE;
        }
    }

    /** On what grounds something passes. */
    public enum Grounds {
        /** PostgreSQL brings it, and it was reviewed. */
        BUILT_IN,
        /** Its extension was reviewed. */
        EXTENSION,
        /** The policy allows it. */
        POLICY,
        /** It is written in SQL that passes itself. */
        BODY,
        /** Everything it is made of passes. */
        PARTS,
        /** It does not pass. */
        NONE
    }
}
