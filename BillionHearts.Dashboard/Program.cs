using System.Net.Sockets;
using BillionHearts.Dashboard;
using BillionHearts.Dashboard.Configuration;
using Microsoft.Extensions.Options;

try
{
    await using var dashboard = DashboardApplication.Create(args);
    await dashboard.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is SettingsException or OptionsValidationException or IOException or SocketException)
{
    // Wrong settings and ports in use are the reader's to put right; a stack trace would only hide the sentence.
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
