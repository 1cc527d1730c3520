package dev.sallyport.network.realm;

import dev.sallyport.logic.Once;
import dev.sallyport.network.Address;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Place;
import dev.sallyport.network.Proxies;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Where the client of a request is, or the browser of a session last was. */
public record Whereabouts(KeycloakSession session, RealmModel realm) {

    private static final Logger LOG = Logger.getLogger(Whereabouts.class);

    /** The note of a user session that says where its browser last came from. */
    private static final String SESSION_ADDRESS = "sallyport.address";

    /** The server's settings do not change while it runs. */
    private static final Proxies PROXIES = proxies();

    /** The place at the other end of this very request. */
    public Place ofRequest() {
        return at(client());
    }

    /** The place that the session's browser last came from; unknown when it never came, or nobody vouched for it. */
    public Place ofSession(UserSessionModel userSession) {
        return at(Optional.ofNullable(userSession.getNote(SESSION_ADDRESS)).flatMap(Address::of));
    }

    /** A place that nobody knows. */
    public Place unknown() {
        return at(Optional.empty());
    }

    /** The place of an address. */
    public Place at(Optional<Address> address) {
        return new Place(address, new AskedAtlas(Once.of(this::atlas)), () -> NetworkProvider.networks(realm));
    }

    /** Has the session that this authentication starts, or continues, remember where its browser came from. */
    public static void remember(AuthenticationSessionModel authSession, Place place) {
        authSession.setUserSessionNote(SESSION_ADDRESS, note(place));
    }

    /** As {@link #remember(AuthenticationSessionModel, Place)}, for a session that is there already. */
    public static void remember(UserSessionModel userSession, Place place) {
        userSession.setNote(SESSION_ADDRESS, note(place));
    }

    /** Whether anybody saw where the session's browser came from. */
    public static boolean remembered(UserSessionModel userSession) {
        return userSession.getNote(SESSION_ADDRESS) != null;
    }

    // NB. Also when it is unknown: where the browser was before says nothing of where it is.
    private static String note(Place place) {
        return place.address().map(Address::toString).orElse("unknown");
    }

    private Atlas atlas() {
        var geoIp = session.getProvider(GeoIpProvider.class);
        return geoIp == null ? Atlas.BLANK : geoIp;
    }

    // NB. Not simply Keycloak's address: that is the first one of the header, which is whatever the client typed if a
    // proxy
    // adds to the list rather than replacing it.
    private Optional<Address> client() {
        var context = session.getContext();
        var request = context.getHttpRequest();
        var peer = Optional.ofNullable(context.getConnection())
                .flatMap(connection -> Optional.ofNullable(connection.getRemoteAddr()))
                .flatMap(Address::of);
        if (request == null) return peer;
        return PROXIES.client(peer, request.isProxyTrusted(), header -> {
            var lines = request.getHttpHeaders().getRequestHeader(header);
            return lines == null ? List.of() : lines;
        });
    }

    private static Proxies proxies() {
        var proxies = Proxies.of(setting("kc.proxy-headers"), setting("kc.proxy-trusted-addresses"));
        if (proxies.believeAnybody()) {
            LOG.warn("client addresses are unknown to access policies, since any peer can type one:"
                    + " proxy-headers is set without proxy-trusted-addresses");
        }
        return proxies;
    }

    private static Optional<String> setting(String name) {
        return ConfigProvider.getConfig().getOptionalValue(name, String.class).filter(value -> !value.isBlank());
    }

    /** Looks the provider up only when a policy asks for a country or an autonomous system. */
    private record AskedAtlas(Supplier<Atlas> atlas) implements Atlas {

        @Override
        public Optional<String> country(Address address) {
            return atlas.get().country(address);
        }

        @Override
        public Optional<Long> asn(Address address) {
            return atlas.get().asn(address);
        }
    }
}
