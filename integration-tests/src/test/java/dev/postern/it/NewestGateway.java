package dev.postern.it;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Runs a test class with a Postern before the newest PostgreSQL's hot standby only. */
final class NewestGateway implements ArgumentsProvider {

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) throws Exception {
        return Stream.of(Arguments.of(TestEnvironment.of(context).newest()));
    }
}
