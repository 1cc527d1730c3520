package dev.sallyport.server.realm;

import java.util.Set;
import org.keycloak.Config;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;

/** A part of the pack that works while the server runs: it starts once there are tables, and stops while they are still there. */
public abstract class ServerPart<T extends Provider> implements ProviderFactory<T> {

    /** Starts it; {@link #close} stops it. */
    protected abstract void start(KeycloakSessionFactory factory);

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof PostMigrationEvent) start(factory);
        });
    }

    @Override
    public final Set<Class<? extends Provider>> dependsOn() {
        return Set.of(JpaConnectionProvider.class);
    }

    @Override
    public final String getId() {
        return "default";
    }
}
