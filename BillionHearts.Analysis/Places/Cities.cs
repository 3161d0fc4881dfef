using System.Numerics;
using System.Text;

namespace BillionHearts.Analysis.Places;

/// <param name="Country">Its index.</param>
/// <param name="Region">Its index.</param>
/// <param name="Kilometres">From the middle of the city to the position.</param>
internal sealed record City(string Name, byte Country, int? Region, double Kilometres);

/// <summary>
/// Cities in a balanced k-d tree (Bentley, CACM 1975) of points of the unit sphere, which has neither poles nor an antimeridian: the root is the middle of the range, and
/// the halves are divided by x, y and z in turn.
/// </summary>
internal sealed class Cities
{
    /// <summary>Beyond this, in kilometres, no city is named.</summary>
    public const double Limit = 50;

    private const double EarthRadius = 6371.0088;
    private const double ReachUnit = 0.01;
    private const ushort NoRegion = ushort.MaxValue;

    private readonly Vector3[] _points;
    private readonly ushort[] _reaches;
    private readonly byte[] _countries;
    private readonly ushort[] _regions;
    private readonly byte[] _names;
    private readonly int[] _starts;

    /// <param name="latitudes">In <see cref="Borders.Steps"/>, as the longitudes.</param>
    /// <param name="reaches">How far each city reaches, in units of 10 m.</param>
    /// <param name="names">A byte with the length, then the name in UTF-8.</param>
    /// <param name="starts">Where each name begins.</param>
    public Cities(int[] latitudes, int[] longitudes, ushort[] reaches, byte[] countries, ushort[] regions, byte[] names, int[] starts)
    {
        _points = [.. latitudes.Zip(longitudes, (latitude, longitude) => OnSphere(latitude / Borders.Steps, longitude / Borders.Steps))];
        (_reaches, _countries, _regions, _names, _starts) = (reaches, countries, regions, names, starts);
    }

    /// <summary>
    /// A city reaches as far as its inhabitants would at 4,000 people per km². Of those that reach the position the one whose reach it uses least, so that a park in Paris is
    /// not in a suburb whose middle is nearer; where none reaches it the nearest.
    /// </summary>
    /// <param name="country">Only cities of this country.</param>
    public City? Find(double latitude, double longitude, byte? country)
    {
        var search = new Search(this, OnSphere(latitude, longitude), country);
        search.Visit(0, _points.Length, axis: 0);
        return search.Best is var (city, kilometres)
            ? new City(
                Encoding.UTF8.GetString(_names, _starts[city] + 1, _names[_starts[city]]),
                _countries[city],
                _regions[city] is NoRegion ? null : _regions[city],
                kilometres)
            : null;
    }

    private static Vector3 OnSphere(double latitude, double longitude)
    {
        var (sinLatitude, cosLatitude) = Math.SinCos(double.DegreesToRadians(latitude));
        var (sinLongitude, cosLongitude) = Math.SinCos(double.DegreesToRadians(longitude));
        return new Vector3((float)(cosLatitude * cosLongitude), (float)(cosLatitude * sinLongitude), (float)sinLatitude);
    }

    private sealed class Search(Cities cities, Vector3 target, byte? country)
    {
        private static readonly float s_limit = (float)(2 * Math.Sin(Limit / EarthRadius / 2));

        private int? _nearest;
        private int? _deepest;
        private double _nearestKilometres = double.MaxValue;
        private double _deepestKilometres;
        private double _leastShare = 1;

        public (int Index, double Kilometres)? Best =>
            _deepest is { } deepest ? (deepest, _deepestKilometres) : _nearest is { } nearest ? (nearest, _nearestKilometres) : null;

        public void Visit(int first, int end, int axis)
        {
            if (first >= end)
            {
                return;
            }

            var middle = first + ((end - first) >> 1);
            Look(middle);
            var (side, next) = (target[axis] - cities._points[middle][axis], (axis + 1) % 3);

            if (side <= s_limit)
            {
                Visit(first, middle, next);
            }

            if (side >= -s_limit)
            {
                Visit(middle + 1, end, next);
            }
        }

        private void Look(int city)
        {
            var chord = Vector3.Distance(target, cities._points[city]);

            if (chord > s_limit || (country is { } only && cities._countries[city] != only))
            {
                return;
            }

            var kilometres = 2 * EarthRadius * Math.Asin(chord / 2);
            var share = kilometres / (cities._reaches[city] * ReachUnit);

            if (share <= _leastShare)
            {
                (_deepest, _deepestKilometres, _leastShare) = (city, kilometres, share);
            }

            if (kilometres < _nearestKilometres)
            {
                (_nearest, _nearestKilometres) = (city, kilometres);
            }
        }
    }
}
