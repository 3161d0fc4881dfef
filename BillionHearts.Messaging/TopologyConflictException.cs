namespace BillionHearts.Messaging;

/// <summary>
/// The broker already has an exchange or queue of this name with other arguments. Trying again cannot help: somebody has to
/// remove it, or to correct the declaration.
/// </summary>
public sealed class TopologyConflictException(string message, Exception innerException) : Exception(message, innerException);
