package dev.sallyport.network.realm;

import dev.sallyport.network.Atlas;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/**
 * Where addresses are. It is asked on the way of every request that a policy about countries or autonomous systems may
 * concern, so it must answer from memory, and must never throw: what it cannot tell is empty, and a condition about what is
 * empty counts as met.
 */
public interface GeoIpProvider extends Provider, Atlas {

    @Override
    default void close() {}

    /** Makes one for each request. */
    interface Factory extends ProviderFactory<GeoIpProvider> {}

    /** Makes {@code sallyport-geoip} known to Keycloak. */
    final class ProviderSpi implements Spi {

        @Override
        public boolean isInternal() {
            return false;
        }

        @Override
        public String getName() {
            return "sallyport-geoip";
        }

        @Override
        public Class<? extends Provider> getProviderClass() {
            return GeoIpProvider.class;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends ProviderFactory> getProviderFactoryClass() {
            return Factory.class;
        }
    }
}
