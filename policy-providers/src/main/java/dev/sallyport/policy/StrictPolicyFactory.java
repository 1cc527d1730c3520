package dev.sallyport.policy;

import dev.sallyport.document.DocumentFault;
import jakarta.ws.rs.core.Response.Status;
import java.util.Map;
import org.keycloak.Config;
import org.keycloak.OAuthErrorException;
import org.keycloak.authorization.AuthorizationProvider;
import org.keycloak.authorization.model.Policy;
import org.keycloak.authorization.policy.provider.PolicyProvider;
import org.keycloak.authorization.policy.provider.PolicyProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.representations.idm.authorization.Logic;
import org.keycloak.representations.idm.authorization.PolicyRepresentation;
import org.keycloak.services.ErrorResponseException;

/**
 * A type of authorization policy whose configuration is checked whenever it comes in: by the endpoint of its type, by the
 * one for all types, or with an import.
 */
abstract class StrictPolicyFactory<R extends StrictPolicyRepresentation> implements PolicyProviderFactory<R> {

    private final Class<R> type;
    private final PolicyProvider provider;

    StrictPolicyFactory(Class<R> type, PolicyProvider provider) {
        this.type = type;
        this.provider = provider;
    }

    /** The representation of a stored configuration. */
    abstract R describe(Map<String, String> config);

    /** The configuration to store. */
    abstract Map<String, String> configure(R representation);

    /**
     * Checks a configuration.
     *
     * @return what to store of it
     * @throws DocumentFault with the path of the fault
     */
    abstract Map<String, String> checked(Map<String, String> config, Logic logic);

    @Override
    public void onCreate(Policy policy, R representation, AuthorizationProvider authorization) {
        onUpdate(policy, representation, authorization);
    }

    @Override
    public void onUpdate(Policy policy, R representation, AuthorizationProvider authorization) {
        refusing(() -> {
            if (!representation.unknownFields().isEmpty()) {
                throw new DocumentFault(representation.unknownFields().first(), "is not a known field");
            }
            policy.setConfig(checked(configure(representation), policy.getLogic()));
        });
    }

    @Override
    public void onImport(Policy policy, PolicyRepresentation representation, AuthorizationProvider authorization) {
        refusing(() -> policy.setConfig(checked(Map.copyOf(representation.getConfig()), policy.getLogic())));
    }

    /** @throws DocumentFault if there is anything but that property */
    static void only(String property, Map<String, String> config) {
        config.keySet().stream()
                .filter(name -> !name.equals(property))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new DocumentFault(name, "is not a known field");
                });
    }

    private static void refusing(Runnable change) {
        try {
            change.run();
        } catch (DocumentFault fault) {
            throw new ErrorResponseException(
                    OAuthErrorException.INVALID_REQUEST, fault.getMessage(), Status.BAD_REQUEST);
        }
    }

    @Override
    public R toRepresentation(Policy policy, AuthorizationProvider authorization) {
        return describe(policy.getConfig());
    }

    @Override
    public Class<R> getRepresentationType() {
        return type;
    }

    @Override
    public String getGroup() {
        return "Sallyport";
    }

    @Override
    public PolicyProvider create(AuthorizationProvider authorization) {
        return provider;
    }

    @Override
    public PolicyProvider create(KeycloakSession session) {
        return provider;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
