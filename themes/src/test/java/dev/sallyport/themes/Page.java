package dev.sallyport.themes;

import dev.sallyport.access.realm.Explanation;
import freemarker.cache.StringTemplateLoader;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateMethodModelEx;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** The page, rendered as Keycloak renders it, within a layout that adds nothing. */
final class Page {

    private static final String RESOURCE = "/theme-resources/templates/sallyport-denied.ftl";
    private static final String LAYOUT =
            "<#macro registrationLayout displayMessage=true><#nested \"header\"><#nested \"form\"></#macro>";

    private Page() {}

    static String template() {
        try (var stream = Page.class.getResourceAsStream(RESOURCE)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String render(Explanation explanation) {
        var templates = new StringTemplateLoader();
        templates.putTemplate("template.ftl", LAYOUT);
        templates.putTemplate("page.ftl", template());
        var configuration = new Configuration(Configuration.VERSION_2_3_32);
        configuration.setTemplateLoader(templates);
        configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
        var texts = Texts.in(Locale.ENGLISH);
        TemplateMethodModelEx message =
                arguments -> texts.getProperty(arguments.get(0).toString());
        var model = Map.of(
                "msg",
                message,
                "properties",
                Map.of(),
                "url",
                Map.of("loginAction", "/action?session_code=c"),
                "sallyport",
                explanation,
                "sallyportReturn",
                "return=true");
        var page = new StringWriter();
        try {
            configuration.getTemplate("page.ftl").process(model, page);
        } catch (IOException | TemplateException e) {
            throw new AssertionError(e);
        }
        return page.toString();
    }
}
