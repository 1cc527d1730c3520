package dev.sallyport.policy;

import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.realm.DeviceRecognition;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/** Tells applications about the device of the session, as it is when they are told. */
public final class DeviceClaimMapper extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, UserInfoTokenMapper, TokenIntrospectionTokenMapper {

    private static final String CLAIM = "device";
    private static final Clock CLOCK = Clock.systemUTC();

    private static final List<ProviderConfigProperty> PROPERTIES = properties();

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mapper,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext client) {
        var realm = session.getContext().getRealm();
        var recognition = new DeviceRecognition(session, realm, CLOCK).ofSession(userSession, userSession.getUser());
        claim(recognition, CLOCK.instant())
                .ifPresent(device -> token.getOtherClaims().put(CLAIM, device));
    }

    /** @return empty when the session has no device, or one that is not registered for its user any more */
    static Optional<Map<String, Object>> claim(Recognition recognition, Instant now) {
        if (!(recognition instanceof Recognised recognised)) return Optional.empty();
        var device = recognised.device();
        var claim = new LinkedHashMap<String, Object>();
        claim.put("id", device.id());
        claim.put("method", recognised.method().id());
        compliant(device, now).ifPresent(compliant -> claim.put("compliant", compliant));
        device.vouched(now)
                .ifPresent(
                        posture -> claim.put("observed_at", posture.observedAt().toString()));
        return Optional.of(claim);
    }

    // NB. As for policies: a blocked device is compliant with nothing, whatever its last posture said.
    private static Optional<Boolean> compliant(Device device, Instant now) {
        return device.status() == Device.Status.BLOCKED
                ? Optional.of(false)
                : device.vouched(now).flatMap(Posture::compliant);
    }

    private static List<ProviderConfigProperty> properties() {
        var properties = new ArrayList<ProviderConfigProperty>();
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, DeviceClaimMapper.class);
        return List.copyOf(properties);
    }

    @Override
    public String getId() {
        return "sallyport-device-claim";
    }

    @Override
    public String getDisplayType() {
        return "Device posture";
    }

    @Override
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "Adds the claim \"device\": the id of the session's device, how it proved itself (\"method\"), and from its last"
                + " posture \"compliant\" and \"observed_at\". What is not known is left out, and so is the claim when the"
                + " session has no device.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}
