package dev.postern.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.BackendKey;
import dev.postern.protocol.ProtocolVersion;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CancelKeysTest {

    private final CancelKeys<String> keys = new CancelKeys<>(2);

    private BackendKey add(ProtocolVersion version, String session) {
        return Objects.requireNonNull(keys.add(version, session));
    }

    @Test
    void key_ofEachVersion_hasItsLength() {
        assertThat(add(ProtocolVersion.V3_0, "old").secretLength()).isEqualTo(4);
        assertThat(add(ProtocolVersion.V3_2, "new").secretLength()).isEqualTo(32);
    }

    @Test
    void key_presented_findsItsSessionOnly() {
        BackendKey first = add(ProtocolVersion.V3_2, "first");
        BackendKey second = add(ProtocolVersion.V3_2, "second");
        assertThat(keys.find(first)).isEqualTo("first");
        assertThat(keys.find(new BackendKey(first.processId(), second.secret()))).isNull();
        assertThat(
                        keys.find(
                                new BackendKey(
                                        first.processId() ^ second.processId(), first.secret())))
                .isNull();
    }

    @Test
    void keyOfAGroup_tellsItsInstance_andGoesOnOnce() {
        CancelKeys<String> third = new CancelKeys<>(1000, 255);
        for (int i = 0; i < 1000; i++) {
            BackendKey key =
                    Objects.requireNonNull(third.add(ProtocolVersion.V3_0, "session " + i));
            assertThat(key.processId()).isPositive();
            assertThat(CancelKeys.instanceOf(key)).isEqualTo(255);
            assertThat(CancelKeys.isPassedOn(key)).isFalse();
            BackendKey passed = CancelKeys.passedOn(key);
            assertThat(CancelKeys.isPassedOn(passed)).isTrue();
            assertThat(third.find(passed)).isNull();
            assertThat(third.find(CancelKeys.original(passed))).isEqualTo("session " + i);
        }
    }

    @Test
    void registryThatIsFull_asked_givesNoKeyUntilOneLeaves() {
        BackendKey first = add(ProtocolVersion.V3_0, "first");
        add(ProtocolVersion.V3_0, "second");
        assertThat(keys.add(ProtocolVersion.V3_0, "third")).isNull();
        keys.remove(first);
        assertThat(keys.find(first)).isNull();
        assertThat(keys.add(ProtocolVersion.V3_0, "third")).isNotNull();
    }

    @Test
    void strangersKey_removed_removesNothing() {
        BackendKey key = add(ProtocolVersion.V3_0, "session");
        keys.remove(new BackendKey(key.processId(), new byte[4]));
        keys.remove(new BackendKey(key.processId() - 1, key.secret()));
        assertThat(keys.size()).isEqualTo(1);
    }
}
