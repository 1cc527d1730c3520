<#-- Who holds privileged roles for good. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <title>${msg("sallyport.standing.title")}</title>
</head>
<body>
<main>
  <h1>${msg("sallyport.standing.title")}</h1>
  <#if rows?has_content>
  <table border="1">
    <caption>${msg("sallyport.standing.caption")}</caption>
    <thead>
      <tr>
        <th scope="col">${msg("sallyport.standing.user")}</th>
        <th scope="col">${msg("sallyport.standing.role")}</th>
        <th scope="col">${msg("sallyport.standing.through")}</th>
        <th scope="col">${msg("sallyport.standing.privileges")}</th>
        <th scope="col">${msg("sallyport.standing.administers")}</th>
      </tr>
    </thead>
    <tbody>
    <#list rows as row>
      <tr>
        <th scope="row">${row.user()}</th>
        <td>${row.role()}</td>
        <td>${row.group().orElse("")} ${row.composite().orElse("")}</td>
        <td>${row.privileges()?join(", ")}</td>
        <td>${row.administers()?string(msg("sallyport.standing.yes"), msg("sallyport.standing.no"))}</td>
      </tr>
    </#list>
    </tbody>
  </table>
  <#else>
  <p>${msg("sallyport.standing.empty")}</p>
  </#if>
</main>
</body>
</html>
