using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Notifications.Events;

/// <summary>Reads an <see cref="ImageEvent"/> from a message, and rejects invalid ones.</summary>
internal static class EventMessage
{
    // An event has a few hundred bytes.
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] s_types =
    [
        ImagesExchange.Keys.Analyzed, ImagesExchange.Keys.Failed, ImagesExchange.Keys.Deleted, ImagesExchange.Keys.Restored, ImagesExchange.Keys.Duplicates,
    ];

    public static IReadOnlyList<string> Types => s_types;

    public static ImageEvent? TryRead(ReadOnlyMemory<byte> body, out string fault)
    {
        if (body.Length > MaxBytes)
        {
            fault = $"{body.Length} bytes, more than the limit of {MaxBytes}";

            return null;
        }

        try
        {
            var imageEvent = JsonSerializer.Deserialize<ImageEvent>(body.Span);
            fault = imageEvent is null ? "the JSON literal null" : Fault(imageEvent) ?? "";

            return fault.Length == 0 ? imageEvent : null;
        }
        catch (JsonException exception)
        {
            fault = $"unexpected JSON at {exception.Path ?? "$"}";

            return null;
        }
    }

    private static string? Fault(ImageEvent e) => e switch
    {
        { EventId: var id } when id == Guid.Empty => "the event id is empty",
        { UserId: <= 0 } or { ImageId: <= 0 } => "the user id or image id is not positive",
        { Type: var type } when !s_types.Contains(type) => "the type is unknown",
        { Duplicates.Count: > ImageEvent.MaxDuplicates } => $"{e.Duplicates.Count} duplicates, more than the limit of {ImageEvent.MaxDuplicates}",
        { Failure: { } failure } when HasNul(failure.Reason) || HasNul(failure.Detail) => "the failure has a NUL character, which PostgreSQL cannot store",
        _ => null,
    };

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) is true;
}
