package dev.sallyport.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.keycloak.provider.ProviderFactory;

/** A jar with one class: the factory of a provider, named as the service that it is. */
final class ExtensionJar {

    private ExtensionJar() {}

    static Path write(Class<?> factory, Path directory) throws IOException {
        var service = Arrays.stream(factory.getInterfaces())
                .filter(ProviderFactory.class::isAssignableFrom)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(factory + " is no factory of providers"));
        var jar = directory.resolve(factory.getSimpleName() + ".jar");
        var classFile = factory.getName().replace('.', '/') + ".class";
        try (var entries = new JarOutputStream(Files.newOutputStream(jar));
                var code = factory.getClassLoader().getResourceAsStream(classFile)) {
            entries.putNextEntry(new JarEntry(classFile));
            code.transferTo(entries);
            entries.putNextEntry(new JarEntry("META-INF/services/" + service.getName()));
            entries.write(factory.getName().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return jar;
    }
}
