package dev.sallyport.request.realm;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * What was read for this request already, by realm and key: it is forgotten with the request.
 *
 * @param name what is remembered
 */
public record RequestMemory<T>(KeycloakSession session, RealmModel realm, String name) {

    public Optional<T> get(String key) {
        return Optional.ofNullable(all().get(of(key)));
    }

    /** As {@link #get}, or else what is read now, which is remembered. */
    public T get(String key, Supplier<T> read) {
        return all().computeIfAbsent(of(key), none -> read.get());
    }

    public void put(String key, T value) {
        all().put(of(key), value);
    }

    private String of(String key) {
        return realm.getId() + " " + key;
    }

    private Map<String, T> all() {
        @SuppressWarnings("unchecked")
        var known = (Map<String, T>) session.getAttribute(name, Map.class);
        if (known != null) return known;
        var none = new HashMap<String, T>();
        session.setAttribute(name, none);
        return none;
    }
}
