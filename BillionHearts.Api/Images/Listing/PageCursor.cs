namespace BillionHearts.Api.Images.Listing;

/// <summary>The place directly after an image in an order.</summary>
/// <param name="At">In whole microseconds, as PostgreSQL stores it.</param>
internal sealed record PageCursor(DateTimeOffset At, long Id);
