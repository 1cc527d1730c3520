package dev.sallyport.network.realm;

import dev.sallyport.network.Atlas;
import dev.sallyport.server.realm.PackSpi;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;

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
    final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super("sallyport-geoip", GeoIpProvider.class, Factory.class);
        }
    }
}
