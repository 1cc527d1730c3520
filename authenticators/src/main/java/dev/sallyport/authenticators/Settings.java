package dev.sallyport.authenticators;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.Constants;

/** What an administrator configured of one execution in a flow; nothing until then. */
record Settings(Map<String, String> values) {

    static Settings of(AuthenticationFlowContext context) {
        return new Settings(Optional.ofNullable(context.getAuthenticatorConfig())
                .map(AuthenticatorConfigModel::getConfig)
                .orElse(Map.of()));
    }

    /** @return empty when there is nothing but blanks */
    Optional<String> text(String property) {
        return Optional.ofNullable(values.get(property)).filter(text -> !text.isBlank());
    }

    /** The values of a property that takes several. */
    List<String> list(String property) {
        return text(property).stream()
                .flatMap(text -> Stream.of(text.split(Constants.CFG_DELIMITER)))
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .toList();
    }
}
