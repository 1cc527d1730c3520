package dev.sallyport.document.realm;

import dev.sallyport.document.DocumentFault;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/** The documents of one kind in one realm, by name. */
public final class DocumentComponents {

    private static final String DOCUMENT = "document";
    private static final String COMPILED = "sallyport.compiled";
    private static final String COMPILED_TOGETHER = "sallyport.compiled.together";

    private final RealmModel realm;
    private final Class<? extends Provider> type;
    private final String providerId;

    public DocumentComponents(RealmModel realm, Class<? extends Provider> type, String providerId) {
        this.realm = realm;
        this.type = type;
        this.providerId = providerId;
    }

    /** The one property of a component that holds a document. */
    public static List<ProviderConfigProperty> properties() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(DOCUMENT)
                .label("Document")
                .helpText("The document as JSON.")
                .type(ProviderConfigProperty.TEXT_TYPE)
                .required(true)
                .add()
                .build();
    }

    /**
     * The document of a component; empty text, which no reader accepts, when the component has none, or several of which the
     * database would say one or the other.
     */
    public static String document(ComponentModel component) {
        var values = component.getConfig().getList(DOCUMENT);
        return values.size() == 1 && values.get(0) != null ? values.get(0) : "";
    }

    /**
     * Refuses a component that says something twice. What was looked at would be one of the two, and what is in force perhaps
     * the other.
     *
     * @throws DocumentFault that names the property
     */
    public static void validateSingle(ComponentModel component) {
        component.getConfig().forEach((property, values) -> {
            if (values.size() > 1) throw new DocumentFault(property, "must have one value");
        });
    }

    /**
     * Refuses a component that does not stand directly in its realm, or whose name another one of its kind has: a lookup
     * by name would find either of them.
     */
    public static void validatePlace(RealmModel realm, ComponentModel component) throws ComponentValidationException {
        if (component.getParentId() != null && !component.getParentId().equals(realm.getId())) {
            throw new ComponentValidationException("parentId: must be the realm");
        }
        boolean taken = realm.getComponentsStream(realm.getId(), component.getProviderType())
                .anyMatch(other -> !other.getId().equals(component.getId())
                        && other.getName() != null
                        && other.getName().equals(component.getName()));
        if (taken) throw new ComponentValidationException("name: is taken by another document of this kind");
    }

    /**
     * Every document, in a form that is compiled once per version of it.
     *
     * @param compile must not fail: what cannot be read still has to have an effect
     */
    public <T> List<T> all(Function<ComponentModel, T> compile) {
        return realm.getComponentsStream(realm.getId(), type.getName())
                .sorted(Comparator.comparing(component -> String.valueOf(component.getName())))
                .map(component -> compiled(component, compile))
                .toList();
    }

    // NB. The realm cache hands out one instance of a component until the realm changes; a note on it lives as long.
    private static <T> T compiled(ComponentModel component, Function<ComponentModel, T> compile) {
        T compiled = component.getNote(COMPILED);
        if (compiled == null) {
            compiled = compile.apply(component);
            component.setNote(COMPILED, compiled);
        }
        return compiled;
    }

    /**
     * What all documents together compile to, once per version of the realm.
     *
     * @param compile given the documents as {@link #all} would give them
     */
    public <T, C> C together(Function<ComponentModel, T> compileEach, Function<List<T>, C> compile) {
        var first = realm.getComponentsStream(realm.getId(), type.getName()).findFirst();
        if (first.isEmpty()) return compile.apply(List.of());
        // NB. The realm cache makes all instances of one version of a realm at once and hands out the same ones until
        // the
        // realm changes, so a note on any of them speaks of all of them. A realm that is being changed in this very
        // transaction hands out new ones each time.
        C compiled = first.get().getNote(COMPILED_TOGETHER);
        if (compiled == null) {
            compiled = compile.apply(all(compileEach));
            first.get().setNote(COMPILED_TOGETHER, compiled);
        }
        return compiled;
    }

    public Optional<String> find(String name) {
        return component(name).map(DocumentComponents::document);
    }

    /** Puts a document in place of the one of that name, or beside the others. */
    public void put(String name, String document) {
        put(name, document, Map.of());
    }

    /** The same with further properties; an empty one is removed. */
    public void put(String name, String document, Map<String, Optional<String>> properties) {
        var present = component(name);
        if (present.isPresent()) {
            // NB. A copy: the realm cache's own instance must not change before the change is known to be valid.
            var changed = new ComponentModel(present.get());
            changed.put(DOCUMENT, document);
            properties.forEach((property, value) -> set(changed, property, value));
            realm.updateComponent(changed);
            return;
        }
        var created = new ComponentModel();
        created.setId(id(name));
        created.setName(name);
        created.setParentId(realm.getId());
        created.setProviderType(type.getName());
        created.setProviderId(providerId);
        created.put(DOCUMENT, document);
        properties.forEach((property, value) -> set(created, property, value));
        realm.addComponentModel(created);
    }

    private static void set(ComponentModel component, String property, Optional<String> value) {
        value.ifPresentOrElse(
                text -> component.put(property, text),
                () -> component.getConfig().remove(property));
    }

    public boolean remove(String name) {
        var present = component(name);
        present.ifPresent(realm::removeComponent);
        return present.isPresent();
    }

    /** The component of that name. */
    public Optional<ComponentModel> component(String name) {
        return realm.getComponentsStream(realm.getId(), type.getName())
                .filter(component -> name.equals(component.getName()))
                .findFirst();
    }

    // NB. Derived, so that of two requests that create the same name at once the database refuses the second.
    private String id(String name) {
        return UUID.nameUUIDFromBytes(
                        (realm.getId() + "/" + type.getName() + "/" + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
