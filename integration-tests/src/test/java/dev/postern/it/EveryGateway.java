package dev.postern.it;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a test class once for each kind of server that this machine can run, with a Postern before
 * it.
 */
final class EveryGateway implements ArgumentsProvider {

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) throws Exception {
        return TestEnvironment.of(context).gateways().stream().map(Arguments::of);
    }
}
