package dev.postern.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The section {@code upstreams.<name>.iam}.
 *
 * @param provider whose identity stands for a password
 * @param region of the database; present exactly with AWS, which signs for it
 */
public record IamConfig(IamProvider provider, @Nullable String region) {

    public IamConfig {
        Keys.UPSTREAM_IAM_REGION.checkIfPresent(region);
        switch (provider) {
            case AWS -> {
                if (region == null) {
                    throw new InvalidValueException(
                            "region", "missing: provider aws signs for the database's region");
                }
            }
            case GCP, AZURE -> {
                if (region != null) {
                    throw new InvalidValueException(
                            "region", "has no effect with provider " + ValueTypes.word(provider));
                }
            }
        }
    }
}
