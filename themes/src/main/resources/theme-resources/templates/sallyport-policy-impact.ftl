<#-- The report on the impact of access policies. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <title>${msg("sallyport.impact.title")}</title>
</head>
<body>
<main>
  <h1>${msg("sallyport.impact.title")}</h1>
  <#if rows?has_content>
  <table border="1">
    <caption>${msg("sallyport.impact.caption", from, to)}</caption>
    <thead>
      <tr>
        <th scope="col">${msg("sallyport.impact.day")}</th>
        <th scope="col">${msg("sallyport.impact.policy")}</th>
        <th scope="col">${msg("sallyport.impact.allowed")}</th>
        <th scope="col">${msg("sallyport.impact.steppedUp")}</th>
        <th scope="col">${msg("sallyport.impact.denied")}</th>
        <th scope="col">${msg("sallyport.impact.wouldHaveSteppedUp")}</th>
        <th scope="col">${msg("sallyport.impact.wouldHaveDenied")}</th>
      </tr>
    </thead>
    <tbody>
    <#list rows as row>
      <tr>
        <td>${row.day()}</td>
        <th scope="row">${row.policy()}</th>
        <td>${row.tally().allowed()?c}</td>
        <td>${row.tally().steppedUp()?c}</td>
        <td>${row.tally().denied()?c}</td>
        <td>${row.tally().wouldHaveSteppedUp()?c}</td>
        <td>${row.tally().wouldHaveDenied()?c}</td>
      </tr>
    </#list>
    </tbody>
  </table>
  <#else>
  <p>${msg("sallyport.impact.caption", from, to)}</p>
  <p>${msg("sallyport.impact.empty")}</p>
  </#if>
</main>
</body>
</html>
