namespace BillionHearts.Dashboard.Configuration;

/// <summary>A setting that cannot be followed. Its message is all that the person who set it needs.</summary>
internal sealed class SettingsException(string message) : Exception(message);
