package dev.postern.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import dev.postern.identity.Agent;
import dev.postern.identity.Network;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Against the client of com.ongres.scram, the one that pgjdbc uses. */
class AuthenticatorTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final MockVerifiers MOCK = new MockVerifiers(new byte[32], 4096);
    private static final Map<String, Agent> AGENTS =
            Map.of(
                    "bot", agent("bot", List.of(), null),
                    "local", agent("local", List.of(Network.parse("127.0.0.0/8")), null),
                    "elsewhere", agent("elsewhere", List.of(Network.parse("10.0.0.0/8")), null),
                    "ended", agent("ended", List.of(), NOW),
                    "ending", agent("ending", List.of(), NOW.plusMillis(1)));

    private static Agent agent(String name, List<Network> networks, @Nullable Instant expires) {
        return new Agent(
                name,
                "reporting",
                null,
                TestVerifiers.of("pencil é", new byte[16], 4096),
                networks,
                expires);
    }

    private static Authenticator authenticator() {
        return new Authenticator(AGENTS::get, MOCK, () -> NOW);
    }

    /** Runs a whole exchange, which must come to its second message. */
    private static LoginReply logIn(String name, String password, @Nullable InetAddress from) {
        ScramClient client = client(password);
        Login login = authenticator().begin(name, from);
        return finish(client, login, challenge(client, login));
    }

    private static ScramClient client(String password) {
        return ScramClient.builder()
                .advertisedMechanisms(Authenticator.MECHANISMS)
                .username("*")
                .password(password.toCharArray())
                .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
                .build();
    }

    private static String challenge(ScramClient client, Login login) {
        LoginReply reply = login.onMessage(bytes(client.clientFirstMessage().toString()));
        assertThat(reply).isInstanceOf(LoginReply.Challenge.class);
        return new String(((LoginReply.Challenge) reply).data(), StandardCharsets.UTF_8);
    }

    private static LoginReply finish(ScramClient client, Login login, String serverFirst) {
        try {
            client.serverFirstMessage(serverFirst);
            LoginReply reply = login.onMessage(bytes(client.clientFinalMessage().toString()));
            if (reply instanceof LoginReply.Accepted accepted) {
                client.serverFinalMessage(new String(accepted.data(), StandardCharsets.UTF_8));
            }
            return reply;
        } catch (ScramException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void rightPassword_logsIn_isAcceptedAndServerProvesItself() {
        assertThat(logIn("bot", "pencil é", LOOPBACK))
                .asInstanceOf(type(LoginReply.Accepted.class))
                .extracting(LoginReply.Accepted::agent)
                .isEqualTo(AGENTS.get("bot"));
    }

    @Test
    void wrongPassword_logsIn_isRefused() {
        assertThat(logIn("bot", "pencil", LOOPBACK))
                .isEqualTo(new LoginReply.Refused(LoginFault.WRONG_PASSWORD));
    }

    @Test
    void unknownAgent_logsIn_isRefusedAfterTheSameMessages() {
        assertThat(logIn("nobody", "pencil é", LOOPBACK))
                .isEqualTo(new LoginReply.Refused(LoginFault.UNKNOWN_AGENT));
    }

    @Test
    void unknownAgent_logsInAgain_getsTheSameSaltAndItsOwn() {
        assertThat(salt("nobody")).isEqualTo(salt("nobody")).isNotEqualTo(salt("somebody"));
        assertThat(salt("nobody")).hasSameSizeAs(salt("bot")).endsWith(",i=4096");
    }

    private static String salt(String name) {
        ScramClient client = client("x");
        String serverFirst = challenge(client, authenticator().begin(name, LOOPBACK));
        return serverFirst.substring(serverFirst.indexOf(",s="));
    }

    @Test
    void agentFromItsNetwork_logsIn_isAccepted() {
        assertThat(logIn("local", "pencil é", LOOPBACK)).isInstanceOf(LoginReply.Accepted.class);
    }

    @Test
    void agentFromAnotherNetwork_logsInWithRightPassword_isRefused() {
        assertThat(logIn("elsewhere", "pencil é", LOOPBACK))
                .isEqualTo(new LoginReply.Refused(LoginFault.NETWORK));
    }

    @Test
    void agentFromNoAddress_logsIn_isRefusedIfItHasNetworks() {
        assertThat(logIn("local", "pencil é", null))
                .isEqualTo(new LoginReply.Refused(LoginFault.NETWORK));
        assertThat(logIn("bot", "pencil é", null)).isInstanceOf(LoginReply.Accepted.class);
    }

    @Test
    void credential_atItsEnd_isRefused() {
        assertThat(logIn("ended", "pencil é", LOOPBACK))
                .isEqualTo(new LoginReply.Refused(LoginFault.EXPIRED));
        assertThat(logIn("ending", "pencil é", LOOPBACK)).isInstanceOf(LoginReply.Accepted.class);
    }

    @Test
    void loginThatIsOver_getsAnotherMessage_isABug() {
        Login login = authenticator().begin("bot", LOOPBACK);
        assertThat(login.onMessage(bytes("nonsense"))).isInstanceOf(LoginReply.Malformed.class);
        assertThatThrownBy(() -> login.onMessage(bytes("n,,n=,r=abc")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void mockVerifiers_printed_hideTheSecret() {
        assertThat(MOCK).hasToString("MockVerifiers[redacted]");
        assertThatThrownBy(() -> new MockVerifiers(new byte[31], 4096))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
