namespace BillionHearts.Api.Images.Listing;

/// <param name="Month">Such as 2026-11.</param>
internal sealed record MonthCount(string Month, int Count);
