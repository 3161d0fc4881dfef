namespace BillionHearts.Messaging;

/// <summary>
/// The broker did not confirm a message. It may still have stored it, so publish it again under the same id, and
/// expect the consumer to get both.
/// </summary>
public sealed class MessageNotConfirmedException(string message, Exception innerException) : Exception(message, innerException);
