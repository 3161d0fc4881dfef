using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Notifications.Events;

/// <summary>Reads an <see cref="ImageEvent"/> from a message, and refuses what cannot be told to a user.</summary>
internal static class EventMessage
{
    // An event is a few hundred bytes; what is far larger is not one.
    private const int MaxBytes = 64 * 1024;

    public static ImageEvent? TryRead(ReadOnlyMemory<byte> body, out string fault)
    {
        if (body.Length > MaxBytes)
        {
            fault = $"it has {body.Length} bytes, more than {MaxBytes}";

            return null;
        }

        try
        {
            var imageEvent = JsonSerializer.Deserialize<ImageEvent>(body.Span);
            fault = imageEvent is null ? "it is the JSON literal null" : Fault(imageEvent) ?? "";

            return fault.Length == 0 ? imageEvent : null;
        }
        catch (JsonException exception)
        {
            fault = $"it is not an image event at {exception.Path ?? "$"}";

            return null;
        }
    }

    private static string? Fault(ImageEvent e) => e switch
    {
        { EventId: var id } when id == Guid.Empty => "its event id is empty",
        { UserId: <= 0 } or { ImageId: <= 0 } => "an id in it is not positive",
        { Type: not (ImagesExchange.Keys.Analyzed or ImagesExchange.Keys.Failed or ImagesExchange.Keys.Deleted) } => "its type is unknown",
        { Failure: { } failure } when HasNul(failure.Reason) || HasNul(failure.Detail) => "a text in it has a NUL, which PostgreSQL cannot store",
        _ => null,
    };

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) is true;
}
