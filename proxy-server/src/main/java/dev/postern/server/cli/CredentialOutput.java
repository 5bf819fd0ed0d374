package dev.postern.server.cli;

import dev.postern.server.secrets.Secret;
import java.io.PrintWriter;

/** Shows a new password: the one place where a secret leaves Postern. */
final class CredentialOutput {

    private CredentialOutput() {}

    /**
     * Prints a password.
     *
     * @param done what became of the agent, {@code added}
     */
    static void print(
            PrintWriter out, JsonOption json, String done, String agent, Secret password) {
        String shown = new String(password.chars());
        if (json.json()) {
            out.println(Json.line(Json.object().put("agent", agent).put("password", shown)));
            return;
        }
        out.println("Agent " + agent + " " + done + ". Its password, shown this once:");
        out.println();
        out.println("  " + shown);
        out.println();
        out.println(
                "Only what it is checked against is kept; postern agent rotate makes a new one.");
    }
}
