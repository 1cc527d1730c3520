package dev.sallyport.device.realm;

import dev.sallyport.device.CertificateIdentification.Verdict;
import dev.sallyport.device.Device;
import dev.sallyport.device.ProofMethod;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import dev.sallyport.request.realm.RequestMemory;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.x509.X509ClientCertificateLookup;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Recognises the device that a request comes from, or that a session was started on. */
public final class DeviceRecognition {

    private static final Logger LOG = Logger.getLogger(DeviceRecognition.class);

    /** The notes of a user session that say on which device it was started, and how that was proven. */
    private static final String SESSION_DEVICE = "sallyport.device";

    private static final String SESSION_METHOD = "sallyport.device.method";

    /** The lookups of Keycloak that take the certificate from the connection itself; every other one reads a header. */
    private static final Set<String> FROM_TLS = Set.of("quarkus", "default");

    private static final String TRUSTED_PROXIES = "kc.proxy-trusted-addresses";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;

    public DeviceRecognition(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
    }

    /**
     * The device at the other end of this very request, by its proof. Only for requests that the user's own device makes:
     * a confidential client's certificate proves that client, never a device.
     *
     * @param ongoing the session that the user re-enters; a session stays on the device that it was started on
     */
    public Recognition ofRequest(UserModel user, Optional<UserSessionModel> ongoing) {
        var verdict = shown();
        if (verdict.deviceId().isEmpty())
            return Recognition.unrecognised(verdict.reason().orElse(Reason.FAILED));

        var id = verdict.deviceId().get();
        var bound = ongoing.map(active -> active.getNote(SESSION_DEVICE));
        if (bound.isPresent() && !bound.get().equals(id)) {
            return new Unrecognised(Reason.OTHER_DEVICE, Optional.of(id));
        }
        return registered(id, ProofMethod.CERTIFICATE, user);
    }

    /**
     * The registered device at the other end of this very request, whosever it is: to prepare for a login before it is known
     * whose it will be. Lets nobody in.
     */
    public Optional<Device> inSight() {
        return shown().deviceId().flatMap(new JpaDeviceStore(session, realm)::find);
    }

    private Verdict shown() {
        var verifier = DeviceIdentificationProvider.verifier(realm);
        if (verifier.isEmpty()) return provesNothing(Reason.NOT_CONFIGURED);
        List<X509Certificate> chain;
        try {
            var request = session.getContext().getHttpRequest();
            var lookup = session.getProvider(X509ClientCertificateLookup.class);
            if (lookup == null || request == null) return provesNothing(Reason.NO_PROOF);
            if (!vouchedFor(request)) return provesNothing(Reason.UNTRUSTED_PROXY);
            var presented = lookup.getCertificateChain(request);
            chain = presented == null ? List.of() : List.of(presented);
        } catch (GeneralSecurityException | RuntimeException e) {
            LOG.debugf(e, "device certificate of a request in realm %s could not be read", realm.getName());
            return provesNothing(Reason.FAILED);
        }
        return verifier.get().verify(chain, clock.instant());
    }

    private static Verdict provesNothing(Reason reason) {
        return new Verdict(Optional.empty(), Optional.of(reason));
    }

    /** The device that the session was started on, as it is registered now. */
    public Recognition ofSession(UserSessionModel userSession, UserModel user) {
        var id = Optional.ofNullable(userSession.getNote(SESSION_DEVICE));
        var method = Optional.ofNullable(userSession.getNote(SESSION_METHOD)).flatMap(ProofMethod::of);
        if (id.isEmpty() || method.isEmpty()) return Recognition.unrecognised(Reason.NO_PROOF);
        return registered(id.get(), method.get(), user);
    }

    /** Reads these devices at once, for whoever asks in this request about sessions that were started on them. */
    public void readAhead(Set<String> ids) {
        var found = new JpaDeviceStore(session, realm).all(ids);
        ids.forEach(id -> memory().put(id, Optional.ofNullable(found.get(id))));
    }

    private RequestMemory<Optional<Device>> memory() {
        return new RequestMemory<>(session, realm, "sallyport.devices");
    }

    /** The id of the device that the session was started on, whatever is shown now; empty when there was none. */
    public static Set<String> startedOn(UserSessionModel userSession) {
        return Optional.ofNullable(userSession.getNote(SESSION_DEVICE))
                .map(Set::of)
                .orElse(Set.of());
    }

    /** Binds the session that this authentication starts, or continues, to the device. */
    public static void bind(AuthenticationSessionModel authSession, Recognised recognised) {
        authSession.setUserSessionNote(SESSION_DEVICE, recognised.device().id());
        authSession.setUserSessionNote(SESSION_METHOD, recognised.method().id());
    }

    private Recognition registered(String id, ProofMethod method, UserModel user) {
        var device = memory().get(id).orElseGet(() -> new JpaDeviceStore(session, realm).find(id));
        if (device.isEmpty()) return new Unrecognised(Reason.NOT_REGISTERED, Optional.of(id));
        if (!device.get().servesUser(user.getId())) return new Unrecognised(Reason.OTHER_OWNER, Optional.of(id));
        return new Recognised(device.get(), method);
    }

    // NB. With no trusted addresses configured Keycloak trusts every peer's headers, and then anybody could type a
    // certificate into one. Certificates are public; only the TLS handshake proves that the key is there.
    private boolean vouchedFor(HttpRequest request) {
        var lookup = session.getKeycloakSessionFactory().getProviderFactory(X509ClientCertificateLookup.class);
        if (lookup != null && FROM_TLS.contains(lookup.getId())) return true;
        var trusted = ConfigProvider.getConfig().getOptionalValue(TRUSTED_PROXIES, String.class);
        return trusted.filter(addresses -> !addresses.isBlank()).isPresent() && request.isProxyTrusted();
    }
}
