package dev.sallyport.themes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;
import java.util.PropertyResourceBundle;

/** The message bundles, read as Keycloak reads them. */
final class Texts {

    private static final String RESOURCE = "/theme-resources/messages/messages_%s.properties";

    private Texts() {}

    static Properties in(Locale locale) {
        var texts = new Properties();
        try (var stream = Texts.class.getResourceAsStream(RESOURCE.formatted(locale.getLanguage()))) {
            var bundle = new PropertyResourceBundle(stream);
            for (var key : bundle.keySet()) texts.setProperty(key, bundle.getString(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
