namespace BillionHearts.Messaging;

/// <summary>
/// The broker already has an exchange or queue of this name with other arguments. A retry cannot help: an operator has to
/// remove it, or the declaration has to be corrected.
/// </summary>
public sealed class TopologyConflictException(string message, Exception innerException) : Exception(message, innerException);
